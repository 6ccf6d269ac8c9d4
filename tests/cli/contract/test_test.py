from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from airflow_dataops.cli.main import main

TOKEN = "tok3n-of-a-customer"  # noqa: S105 - a value that must not be seen anywhere

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true, unique: true}
      - name: amount
        logicalType: number
        physicalType: numeric(8,2)
        logicalTypeOptions: {minimum: 0}
      - name: city
        logicalType: string
        quality:
          - id: cities
            metric: invalidValues
            arguments: {validValues: [Bonn, Ulm]}
            mustBe: 0
            dimension: accuracy
            severity: warning
            name: Where we deliver
            description: Other [places] come by post.
    quality:
      - id: enough
        metric: rowCount
        mustBeGreaterThan: 1
"""
GOOD = "id,amount,city\na,1.00,Bonn\nb,2.50,Ulm\n"
BAD = f"id,amount,city\na,-1.00,Bonn\na,x,{TOKEN}\n,2.50,Ulm\nd,3,Ulm\ne,4\nf,1,Ulm\n"
ITEMS = """\
  - name: items
    properties:
      - {name: order, logicalType: string, required: true}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a contract, in which the program is started."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def verdict_of(*words: str, contract: str = "shop.odcs.yaml") -> int:
    """Run the command."""
    return main(["contract", "test", contract, *words])


@pytest.mark.usefixtures("here")
def test_good_data_passes(capsys):
    """Data that keeps every rule is one line, and exit code 0."""
    assert verdict_of("--data", "good.csv") == 0
    told = capsys.readouterr()
    assert "✓ good.csv against shop@1.0.0, orders: 10 passed · 2 rows: 2 good, 0 bad\n" == told.out
    assert told.err == ""


@pytest.mark.usefixtures("here")
def test_bad_data_fails_with_every_broken_rule(capsys):
    """A table of what was broken, by how many of how many rows; the worst first; no value of a row."""
    assert verdict_of("--data", "bad.csv") == 1
    text = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert [
        "✗ failed id.required `id` has a value 1 of 5 (20 %)",
        "✗ failed id.unique no two rows have the same `id` 2 of 5 (40 %)",
        "✗ failed amount.type `amount` is a number of at most 8 digits, 2 of them 1 of 5 (20 %)",
        "behind the point",
        "✗ failed amount.minimum `amount` is at least 0 1 of 5 (20 %)",
        "✗ failed unparsable every line is a record 1 of 6 (16.67 %)",
        "! warning cities `city` is one of `Bonn`, `Ulm` 1 of 5 (20 %)",
        "Where we deliver: Other [places] come by post.",
        "✗ bad.csv against shop@1.0.0, orders: 5 passed, 1 warning, 5 failed · 6 rows: 2 good, 4 bad",
    ] == lines[2:]
    assert TOKEN not in text


@pytest.mark.usefixtures("here")
def test_a_warning_alone_is_exit_code_2(capsys):
    """What only warns fails nothing, and is not green either."""
    Path("warn.csv").write_text(GOOD.replace("Ulm", "Rom"))
    assert verdict_of("--data", "warn.csv") == 2
    assert "! warn.csv against" in capsys.readouterr().out


def test_a_rule_that_cannot_be_evaluated_is_exit_code_3(here, capsys):
    """Neither a pass nor bad data: a rule that lists what is no value of its column's type."""
    wrong = CONTRACT.replace("logicalTypeOptions: {minimum: 0}", "quality: [{id: x, metric: invalidValues,")
    wrong = wrong.replace("invalidValues,\n", "invalidValues, arguments: {validValues: [y]}, mustBe: 0}]\n")
    (here / "wrong.odcs.yaml").write_text(wrong)
    assert verdict_of("--data", "bad.csv", "--quarantine", "q", contract="wrong.odcs.yaml") == 3
    told = capsys.readouterr()
    assert "? error" in told.out
    assert "6 rows: good and bad unknown" in told.out.replace("\n", " ")
    assert "orders: no row is put into quarantine, for rows could not be judged.\n" in told.err
    assert not (here / "q").exists()


@pytest.mark.usefixtures("here")
def test_one_rule_runs_alone(capsys):
    """Only what is asked for is judged; a rule about all rows still speaks of those that are good."""
    assert verdict_of("--data", "bad.csv", "--rule", "id.required", "--output-format", "json") == 1
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    failed = {one["rule"]: one["failing"] for one in found["checks"] if one["status"] != "passed"}
    assert {"id.required": 1, "unparsable": 1} == failed
    assert [4, 2] == [found["good"], found["bad"]]
    assert verdict_of("--data", "bad.csv", "--rule", "enough", "--output-format", "json") == 1
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    (enough,) = (one for one in found["checks"] if one["rule"] == "enough")
    assert "2" == enough["observed"]
    rules = {one["rule"] for one in found["checks"]}
    assert not {"id.required", "cities"} & rules


@pytest.mark.usefixtures("here")
def test_one_dimension_runs_alone(capsys):
    """Rules are chosen by what they are about; where there is none, nothing is green."""
    assert verdict_of("--data", "bad.csv", "--dimension", "accuracy", "--output-format", "json") == 1
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    assert {"cities": "warning", "unparsable": "failed"} == {
        one["rule"]: one["status"] for one in found["checks"] if one["status"] != "passed"
    }
    assert verdict_of("--data", "bad.csv", "--dimension", "coverage") == 2
    assert "there is no rule of the dimension coverage. " in capsys.readouterr().err
    assert verdict_of("--data", "bad.csv", "--rule", "id.requird") == 2
    assert "there is no rule `id.requird`. Did you mean `id.required`?\n" in capsys.readouterr().err


def test_bad_rows_are_kept_where_it_is_asked_for(here, capsys):
    """The quarantine has each bad row with its line and rules; a good file leaves none."""
    assert verdict_of("--data", "good.csv", "--quarantine", "q") == 0
    assert not (here / "q").exists()
    assert verdict_of("--data", "bad.csv", "--quarantine", "q/deep") == 1
    assert "The bad rows are in q/deep/orders.parquet" in capsys.readouterr().err
    rows = pl.read_parquet(here / "q" / "deep" / "orders.parquet")
    assert [
        (2, ["amount.minimum", "id.unique"]),
        (3, ["amount.type", "cities", "id.unique"]),
        (4, ["id.required"]),
        (6, ["unparsable"]),
    ] == rows.select("dataops_line", "dataops_rules").rows()
    (here / "file").write_text("")
    assert verdict_of("--data", "bad.csv", "--quarantine", "file") == 3
    assert "file/orders.parquet: the bad rows can't be kept: " in capsys.readouterr().err


def named(file: Path) -> list[dict[str, object]]:
    """Return the rows that a file names."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_rows_that_broke_a_rule_are_named_where_it_is_asked_for(here, capsys):
    """Each once, with its key, line, file and rules, also those that only warn; stderr counts them."""
    keyed = CONTRACT.replace("unique: true", "unique: true, primaryKey: true")
    (here / "keyed.odcs.yaml").write_text(keyed)
    (here / "new").mkdir()
    words = ("--data", "good.csv", "--data", "bad.csv", "--keys", "new/keys.jsonl")
    assert verdict_of(*words, contract="keyed.odcs.yaml") == 1
    told = capsys.readouterr()
    assert "5 rows that broke a rule are named in new/keys.jsonl.\n" in told.err
    assert TOKEN not in told.out + told.err
    found = named(here / "new" / "keys.jsonl")
    assert {"dataset": "orders", "key": {"id": "a"}, "line": 2, "file": "good.csv"} == {
        name: found[0][name] for name in ("dataset", "key", "line", "file")
    }
    assert [
        ("good.csv", 2, {"id": "a"}, ["id.unique", "orders.primaryKey"]),
        ("bad.csv", 2, {"id": "a"}, ["amount.minimum", "id.unique", "orders.primaryKey"]),
        ("bad.csv", 3, {"id": "a"}, ["amount.type", "cities", "id.unique", "orders.primaryKey"]),
        ("bad.csv", 4, {"id": None}, ["id.required"]),
        ("bad.csv", 6, {}, ["unparsable"]),
    ] == [(row["file"], row["line"], row["key"], row["rules"]) for row in found]
    assert verdict_of(*words, "--most-keys", "2", contract="keyed.odcs.yaml") == 1
    assert "2 rows that broke a rule are named in new/keys.jsonl. There are more: raise `--most-keys`" in (
        capsys.readouterr().err
    )
    assert found[:2] == named(here / "new" / "keys.jsonl")


def test_a_contract_without_a_primary_key_names_rows_by_their_lines(here, capsys):
    """Where no row broke a rule the file is there and empty; where none was judged, it stays as it was."""
    assert verdict_of("--data", "bad.csv", "--keys", "keys.jsonl") == 1
    assert [({}, 2), ({}, 3), ({}, 4), ({}, 6)] == [
        (row["key"], row["line"]) for row in named(here / "keys.jsonl")
    ]
    (here / "short.csv").write_text("id\na\n")
    before = (here / "keys.jsonl").read_text()
    assert verdict_of("--data", "short.csv", "--keys", "keys.jsonl") == 1
    assert before == (here / "keys.jsonl").read_text()
    assert "No row was judged, so none is named in keys.jsonl, which is left as it was." in (
        capsys.readouterr().err
    )
    assert verdict_of("--data", "good.csv", "--keys", "keys.jsonl") == 0
    assert "" == (here / "keys.jsonl").read_text()
    assert "0 rows that broke a rule are named in keys.jsonl.\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--keys", "."), ".: the keys of failing rows can't be written: what lies there is no file. "),
        (
            ("--keys", "good.csv/keys"),
            "good.csv/keys: the keys of failing rows can't be written: there is no such folder. Make it, or ",
        ),
        (("--keys", "no/k"), "no/k: the keys of failing rows can't be written: there is no such folder. "),
        (
            ("--keys", "good.csv"),
            "good.csv: the keys of failing rows can't be written: it is a file that is read: the data, or",
        ),
        (("--keys", "shop.odcs.yaml"), "it is a file that is read: the data, or the contract. "),
        (
            ("--keys", "bad.csv"),
            "bad.csv: the keys of failing rows can't be written: a file lies there that no earlier run ",
        ),
        (
            ("--keys", "k", "--most-keys", "0"),
            "`--most-keys` can't be `0`. Give a whole number above 0, such",
        ),
        (("--keys", "k", "--most-keys", "all"), "`--most-keys` can't be `all`. Give a whole number above 0"),
        (("--time-limit", "soon"), "`--time-limit` can't be `soon`. Write a number above 0 with a unit"),
    ],
)
@pytest.mark.usefixtures("here")
def test_keys_that_can_t_be_written_and_wrong_values_are_one_line(capsys, words, told):
    """It says what and where; it is exit code 3, or 2 where no such number or time can be meant."""
    assert verdict_of("--data", "good.csv", *words) == (2 if words[-2] != "--keys" else 3)
    assert told in capsys.readouterr().err
    assert GOOD == Path("good.csv").read_text()
    assert BAD == Path("bad.csv").read_text()
    assert CONTRACT == Path("shop.odcs.yaml").read_text()
    assert not Path("no").exists()


def test_bad_rows_replace_those_of_an_earlier_test_alone(here, capsys):
    """Neither the data nor a file of others, whatever its name says; refused before a row is read."""
    words, place = ("--data", "bad.csv", "--quarantine", "q"), here / "q" / "orders.parquet"
    assert (1, 1) == (verdict_of(*words), verdict_of(*words))
    kept = place.read_bytes()
    capsys.readouterr()
    assert verdict_of("--data", str(place), "--quarantine", "q") == 3
    assert "q/orders.parquet: the bad rows can't be kept: it is a file that is read: the data, or the " in (
        capsys.readouterr().err
    )
    assert kept == place.read_bytes()
    for others in (b"PAR1 and no more", GOOD.encode()):
        place.write_bytes(others)
        assert verdict_of(*words) == 3
        told = capsys.readouterr()
        assert told.err.startswith("q/orders.parquet: the bad rows can't be kept: a file lies there that no ")
        assert (1, "") == (told.err.count("\n"), told.out)
        assert others == place.read_bytes()
    pl.read_csv(here / "good.csv").write_parquet(place)
    assert verdict_of(*words) == 3


def test_rows_of_several_datasets_are_named_in_one_file(here):
    """Each with its dataset, in the contract's order; one without data names none."""
    (here / "two.odcs.yaml").write_text(CONTRACT + ITEMS)
    (here / "items.csv").write_text('order\n""\na\n')
    words = ("--data", "items=items.csv", "--keys", "keys.jsonl")
    verdict_of(*words, contract="two.odcs.yaml")
    assert [("items", 2)] == [(row["dataset"], row["line"]) for row in named(here / "keys.jsonl")]
    verdict_of(*words, "--data", "orders=bad.csv", "--most-keys", "1", contract="two.odcs.yaml")
    assert [("orders", 2), ("items", 2)] == [
        (row["dataset"], row["line"]) for row in named(here / "keys.jsonl")
    ]


def test_formats_and_packings_are_read_as_their_names_say(here, capsys):
    """CSV with another delimiter, JSON lines, Parquet, gzip, zip: the same rows are the same verdicts."""
    (here / "a.tsv").write_text(GOOD.replace(",", "\t"))
    (here / "b.csv.gz").write_bytes(gzip.compress(GOOD.encode()))
    with zipfile.ZipFile(here / "c.csv.zip", "w") as archive:
        archive.writestr("inner", GOOD)
    rows = pl.read_csv(here / "good.csv")
    rows.write_ndjson(here / "d.jsonl")
    rows.with_columns(pl.col("amount").cast(pl.Decimal(8, 2))).write_parquet(here / "e.parquet")
    for name in ("a.tsv", "b.csv.gz", "c.csv.zip", "d.jsonl", "e.parquet"):
        assert (name, 0) == (name, verdict_of("--data", name))
    (here / "f.dat").write_text("a|1|Bonn\nb|2|Ülm\n".replace("Ü", "U"), encoding="latin-1")
    words = ("--format", "csv", "--delimiter", "|", "--no-header", "--encoding", "latin-1", "--quote", "")
    assert verdict_of("--data", "f.dat", *words) == 0
    (here / "g.csv").write_text("id,amount,city\nc,1,Bonn\n")
    assert verdict_of("--data", "good.csv", "--data", "g.csv") == 0
    assert "good.csv, g.csv against shop@1.0.0, orders: 10 passed · 3 rows" in capsys.readouterr().out


HOSTILE: dict[str, tuple[bytes, int, str]] = {
    "empty.csv": (b"", 1, "schema.missing"),
    "header.csv": (b"id,amount,city\n", 1, "enough"),
    "missing.csv": (b"id,city\na,Bonn\n", 1, "schema.missing"),
    "twice.csv": (b"id,id,amount,city\na,b,1,Ulm\n", 1, "schema."),
    "binary.csv": (bytes(range(256)) * 50, 1, "schema."),
    "latin.csv": ("id,amount,city\na,1,Köln\nb,2,Ulm\n".encode("latin-1"), 1, "unparsable"),
    "cut.csv.gz": (gzip.compress(GOOD.encode() * 999)[:40], 1, "schema."),
    "parquet.csv": (b"PAR1aaaa", 3, "by its name the file is csv, and it begins as a Parquet file does"),
    "csv.parquet": (GOOD.encode(), 3, "by its name the file is parquet, and it doesn't begin as"),
    "short.parquet": (b"PAR1", 1, "schema."),
    "array.json": (b"[1, 2]\n", 1, "schema."),
    "noname": (GOOD.encode(), 3, "the name doesn't say how the file is written"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_file_holds_it_is_a_verdict(name, here, capsys):
    """Data that isn't what its name says is a failed rule or one line, never a traceback, never green."""
    content, code, expected = HOSTILE[name]
    (here / name).write_bytes(content)
    assert verdict_of("--data", name) == code
    told = capsys.readouterr()
    assert expected in (told.out if code == 1 else told.err)
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--data", "none.csv"), "none.csv: there is no such file. Name a file of data.\n"),
        (
            ("--data", "."),
            ".: this is no file. Name a file of data. Delta tables and tables of a database are judged ",
        ),
        (("--data", "x\0y.csv"), "no such file"),
        (("--data", "good.csv", "--delimiter", "ab"), "the delimiter 'ab' is not one character"),
        (("--data", "good.csv", "--encoding", "utf-99"), "the encoding 'utf-99' is unknown"),
        (("--data", "good.csv", "--dataset", "items"), "there is no dataset `items`. There are: orders.\n"),
        (("--data", "good.csv", "--data", "d.jsonl"), "the files are of several formats"),
    ],
)
def test_what_cannot_be_tested_is_one_line(words, expected, here, capsys):
    """A file that isn't there, a dialect that can't be: one line on stderr, and exit code 3, or 2."""
    (here / "d.jsonl").write_text("{}\n")
    assert verdict_of(*words) == (2 if "--dataset" in words else 3)
    told = capsys.readouterr()
    assert "" == told.out
    assert expected in told.err
    assert told.err.count("\n") == 1


def test_each_dataset_has_its_own_files(here, capsys):
    """A contract of two datasets takes a file for each; one without data is said, and not green."""
    (here / "two.odcs.yaml").write_text(CONTRACT + ITEMS)
    (here / "items.csv").write_text("order\na\n")
    both = ("--data", "orders=good.csv", "--data", "items=items.csv")
    assert verdict_of(*both, contract="two.odcs.yaml") == 0
    assert capsys.readouterr().out.count("✓") == 2
    assert verdict_of("--data", "orders=good.csv", contract="two.odcs.yaml") == 2
    assert "shop@1.0.0, items: not tested, for no data was given" in capsys.readouterr().out
    assert verdict_of("--data", "orders=good.csv", "--dataset", "orders", contract="two.odcs.yaml") == 0
    assert verdict_of("--data", "good.csv", contract="two.odcs.yaml") == 2
    assert "Write `--data orders=good.csv`; there are: orders, items.\n" in capsys.readouterr().err
    assert verdict_of("--data", "item=good.csv", contract="two.odcs.yaml") == 2
    assert "Did you mean `items`?" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_programs_get_all_of_it(capsys):
    """JSON, JUnit and GitHub's annotations say the same, each at the rule's place, and quote no row."""
    assert verdict_of("--data", "bad.csv", "--output-format", "json") == 1
    text = capsys.readouterr().out
    document = json.loads(text)
    assert ["failed", "shop@1.0.0"] == [document["status"], document["contract"]]
    checks = {one["rule"]: one for one in document["datasets"][0]["checks"]}
    assert {
        "rule": "id.unique",
        "status": "failed",
        "severity": "error",
        "dimension": "uniqueness",
        "column": "id",
        "description": None,
        "expected": "no two rows have the same `id`",
        "observed": "2",
        "failing": 2,
        "checked": 5,
        "percent": 40.0,
        "place": "shop.odcs.yaml:9:9",
    } == checks["id.unique"]
    described = "Where we deliver: Other [places] come by post."
    assert described == checks["cities"]["description"]
    assert verdict_of("--data", "bad.csv", "--output-format", "junit") == 1
    xml = capsys.readouterr().out
    suite = ET.fromstring(xml)[0]  # noqa: S314 - we wrote it
    assert ["11", "5", "0"] == [suite.get(key) for key in ("tests", "failures", "errors")]
    (cities,) = (case for case in suite if case.get("name") == "cities")
    assert ["system-out"] == [part.tag for part in cities]
    assert f"cities ({described}): expected `city` is one of" in cities[0].text
    assert verdict_of("--data", "bad.csv", "--output-format", "github") == 1
    lines = capsys.readouterr().out
    assert "::error file=shop.odcs.yaml,line=9,col=9::id.required: expected `id` has a value, " in lines
    assert "::warning file=shop.odcs.yaml,line=17,col=13::cities (Where we deliver: " in lines
    assert TOKEN not in text + xml + lines


def test_what_is_not_enforced_is_told(here, capsys):
    """A pass says how much the contract promises that nothing looked at."""
    more = CONTRACT + "      - {type: custom, engine: soda, implementation: 'x: 1'}\n"
    (here / "more.odcs.yaml").write_text(more)
    assert verdict_of("--data", "good.csv", contract="more.odcs.yaml") == 0
    told = "1 promise of the contract is not enforced: `contract explain` lists them.\n"
    assert told == capsys.readouterr().err


KEYED = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: customer, logicalType: integer, relationships: [{to: customers.id}]}
      - name: city
        logicalType: string
        quality:
          - id: cities
            metric: nullValues
            mustBe: 0
            customProperties: [{property: filter, value: customer > 1}]
    quality:
      - id: all_counted
        metric: rowCount
        mustBeGreaterThan: 1
        schedule: 0 3 * * *
        scheduler: cron
        customProperties: [{property: scope, value: table}]
  - name: customers
    properties:
      - {name: id, logicalType: integer, required: true}
"""


def test_rules_look_at_the_files_of_other_datasets(here, capsys) -> None:
    """A foreign key is looked up in the good rows of the other file; without that it is skipped, and told."""
    (here / "keyed.odcs.yaml").write_text(KEYED)
    (here / "orders.csv").write_text("id,customer,city\n1,1,\n2,2,Ulm\n3,3,Bonn\n4,9,\n5,,\n")
    (here / "customers.csv").write_text("id\n1\n2\nx\n")
    both = ("--data", "orders=orders.csv", "--data", "customers=customers.csv", "--output-format", "json")
    assert verdict_of(*both, contract="keyed.odcs.yaml") == 1
    orders, _ = json.loads(capsys.readouterr().out)["datasets"]
    failing = {one["rule"]: (one["failing"], one["checked"]) for one in orders["checks"] if one["failing"]}
    assert {"customer.relationships": (2, 5), "cities": (1, 3)} == failing
    statuses = {one["rule"]: one["status"] for one in orders["checks"]}
    assert "passed" == statuses["all_counted"]
    alone = ("--data", "orders=orders.csv", "--dataset", "orders", "--rule", "customer.relationships")
    assert verdict_of(*alone, "--output-format", "json", contract="keyed.odcs.yaml") == 2
    (found,) = json.loads(capsys.readouterr().out)["datasets"]
    (key,) = (one for one in found["checks"] if one["rule"] == "customer.relationships")
    assert ("skipped", "nothing says where `customers` lies") == (key["status"], key["observed"])


STATIONS = """\
apiVersion: v3.1.0
kind: DataContract
id: net
status: active
version: 1.0.0
schema:
  - id: stations_obj
    name: stations
    properties:
      - {id: code_prop, name: code, physicalName: Code, logicalType: integer, required: true}
"""
RIDES = """\
apiVersion: v3.1.0
kind: DataContract
id: rides
status: active
version: 1.0.0
schema:
  - name: rides
    properties:
      - name: station
        logicalType: integer
        relationships: [{to: net/stations.odcs.yaml#schema/stations_obj/properties/code_prop}]
"""


@pytest.fixture
def far(here):
    """A contract with a key to another contract, and files of both."""
    (here / "net").mkdir()
    (here / "net" / "stations.odcs.yaml").write_text(STATIONS)
    (here / "rides.odcs.yaml").write_text(RIDES)
    (here / "rides.csv").write_text("station\n1\n2\n")
    (here / "stations.csv").write_text("Code\n01\n2\n")
    return here


@pytest.mark.parametrize("name", ["stations", "stations.odcs.yaml#stations"])
def test_a_key_to_another_contract_is_looked_up_in_the_file_that_is_given(name, far, capsys) -> None:
    """The other file is read by its own contract, so that 01 is the 1 of the key, and all is green."""
    data = ("--data", "rides.csv", "--data", f"{name}=stations.csv")
    assert verdict_of(*data, contract="rides.odcs.yaml") == 0
    told = capsys.readouterr()
    assert ("", 1) == (told.err, told.out.count("✓"))
    (far / "rides.csv").write_text("station\n1\n3\n")
    assert verdict_of(*data, contract="rides.odcs.yaml") == 1
    assert "1 of 2 (50" in capsys.readouterr().out


def test_a_key_to_another_contract_without_its_file_says_what_to_give(far, capsys) -> None:
    """What is skipped is told with the words that mend it; a file that isn't one of it is an error."""
    assert verdict_of("--data", "rides.csv", contract="rides.odcs.yaml") == 2
    hint = "give `--data stations=FILE`.\n"
    assert (
        f"Keys that lead to `stations.odcs.yaml#stations` are not looked up: {hint}"
        == capsys.readouterr().err
    )
    both = ("--data", "rides.csv", "--data", "stations=stations.csv")
    (far / "stations.csv").write_text("code\n1\n")
    assert verdict_of(*both, contract="rides.odcs.yaml") == 3
    assert "stations.csv: the file can't be read as rows of `stations`. " in capsys.readouterr().err
    (far / "stations.csv").write_text("Code\n1\n2\nx\n")
    assert verdict_of(*both, contract="rides.odcs.yaml") == 0
    told = "stations.csv: 1 of 3 rows break the contract of `stations`: no key is found in them.\n"
    assert told == capsys.readouterr().err
    assert verdict_of("--data", "station=stations.csv", contract="rides.odcs.yaml") == 2
    assert "there is no dataset `station`. Did you mean `stations`?\n" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_file_with_an_equals_sign_is_a_file(capsys) -> None:
    """Of a contract with one dataset its name need not be said."""
    Path("day=1").mkdir()
    Path("day=1/good.csv").write_text(GOOD)
    Path("x=1.csv").write_text(GOOD)
    for name in ("day=1/good.csv", "x=1.csv"):
        assert verdict_of("--data", name) == 0
    capsys.readouterr()
    assert verdict_of("--data", "s3://bucket/key.csv") == 3
    assert "s3://bucket/key.csv: only files on this machine are read here" in capsys.readouterr().err


HINTS: dict[str, tuple[bytes, tuple[str, ...], str]] = {
    "latin.csv": (
        "id,amount,city\na,1,Köln\nb,2,Ulm\n".encode("latin-1"),
        (),
        "Say with --encoding which one",
    ),
    "semicolons.csv": (GOOD.replace(",", ";").encode(), (), "Say `--delimiter ';'`."),
    "tabs.csv": (GOOD.replace(",", "\t").encode(), (), "Say `--delimiter 'tab'`."),
    "quoted.csv": (b'"id";"amount";"city"\n"a";"1";"Bonn"\n', (), "Say `--delimiter ';'`."),
    "commas.csv": (GOOD.encode(), ("--delimiter", ";"), "Say `--delimiter ','`."),
    "rows.csv": (f"{TOKEN},1,Bonn\nb,2,Ulm\n".encode(), (), "say --no-header, if its first line is a record"),
    "packed.csv.gz": (gzip.compress(GOOD.replace(",", "|").encode()), (), "Say `--delimiter '|'`."),
    "latin.jsonl": ('{"id":"a","amount":1,"city":"Köln"}\n'.encode("latin-1"), (), "Say with --encoding"),
}


@pytest.mark.parametrize("name", HINTS)
def test_a_file_that_is_written_in_another_way_is_told_how_to_say_so(name, here, capsys):
    """The option that mends it is named, and no word of the file is."""
    content, words, expected = HINTS[name]
    (here / name).write_bytes(content)
    assert verdict_of("--data", name, *words) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"{name}: ")
    assert expected in told.err
    assert told.err.count("\n") == 1
    assert TOKEN not in told.out + told.err


@pytest.mark.usefixtures("here")
def test_a_wrong_header_is_not_repeated_for_each_rule(capsys):
    """That no row could be read is said once to people, and of each rule to programs."""
    Path("renamed.csv").write_text(GOOD.replace("amount", "amounts"))
    assert verdict_of("--data", "renamed.csv") == 1
    text = capsys.readouterr().out
    assert text.count("not looked at") == 1
    assert "skipped   6 rules" in text
    assert verdict_of("--data", "renamed.csv", "--output-format", "github") == 1
    text = capsys.readouterr().out
    assert text.count("not looked at") == 1
    assert "6 rules: not looked at: the files could not be read as rows of the dataset\n" in text
    assert verdict_of("--data", "renamed.csv", "--output-format", "json") == 1
    assert capsys.readouterr().out.count("not looked at") == 6


@pytest.mark.usefixtures("here")
def test_whose_counts_are_shown_is_said_where_rules_are_run_that_were_not_asked_for(capsys):
    """A rule about all rows runs all; the rows that others send away are not unexplained."""
    assert verdict_of("--data", "bad.csv", "--rule", "enough") == 1
    assert capsys.readouterr().err.startswith("orders: 1 of 6 rules are shown, and all were run, ")
    assert verdict_of("--data", "bad.csv", "--rule", "id.required") == 1
    assert verdict_of("--data", "bad.csv") == 1
    assert "" == capsys.readouterr().err


def test_explain_says_what_a_rule_is_limited_to(here, capsys) -> None:
    """Foreign keys, filters, scopes and schedules are in the words, and in the SQL as far as it has them."""
    (here / "keyed.odcs.yaml").write_text(KEYED)
    assert main(["contract", "explain", "keyed.odcs.yaml", "--output-format", "json"]) == 0
    orders, _ = json.loads(capsys.readouterr().out)["datasets"]
    found = {one["rule"]: one for one in orders["checks"]}
    assert "`customer` is that of a row of `customers`, in `id`" == found["customer.relationships"]["words"]
    assert 'FROM "customers" )' in " ".join(found["customer.relationships"]["sql"].split())
    assert "`city` has a value; only of rows where customer > 1" == found["cities"]["words"]
    assert 'WHERE customer > 1 AND "city" IS NULL' in " ".join(found["cities"]["sql"].split())
    words = "the number of rows of the whole table is more than 1; "
    assert f"{words}looked at by its schedule 0 3 * * *" == found["all_counted"]["words"]
    assert "the full scan that looks at it fails; batches skip it" == found["all_counted"]["consequence"]


def test_exported_sql_says_what_becomes_of_rules_that_look_further(here, capsys) -> None:
    """A rule about the whole table sends no row away, and one with a schedule stops no batch."""
    whole = "{property: scope, value: table}"
    wider = KEYED.replace(
        "primaryKey: true}", f"primaryKey: true, unique: true, customProperties: [{whole}]}}", 1
    )
    (here / "wider.odcs.yaml").write_text(wider)
    main(["contract", "export", "wider.odcs.yaml", "--to", "sql", "--dataset", "orders"])
    lines = capsys.readouterr().out.splitlines()
    after = {line.removeprefix("-- ").partition(":")[0]: lines[at + 1] for at, line in enumerate(lines[:-1])}
    assert "else the audit fails, and the batch is not published" in after["id.unique"]
    assert "else the full scan that looks at it fails; batches skip it" in after["all_counted"]


def test_export_lists_rules_that_look_beyond_the_rows(here, capsys) -> None:
    """What looks at other tables, at some rows or at another time is left out where a form can't say it."""
    (here / "keyed.odcs.yaml").write_text(KEYED)
    for form, expected in {
        "pandera": {"customer.relationships", "cities", "all_counted"},
        "jsonschema": {"customer.relationships", "cities", "all_counted", "orders.primaryKey"},
        "ruleset": {"customer.relationships", "all_counted"},
        "sql": set(),
    }.items():
        main(["contract", "export", "keyed.odcs.yaml", "--to", form, "--dataset", "orders"])
        told = capsys.readouterr().err
        assert expected == {line.split(": ")[2] for line in told.splitlines()}, form


def test_why_a_filtered_share_is_not_exported_is_said(here, capsys) -> None:
    """A share of nulls of some rows is left out for the filter, and not because nulls had no share."""
    keyed = KEYED.replace("mustBe: 0\n", "mustBeLessThan: 5\n            unit: percent\n")
    (here / "keyed.odcs.yaml").write_text(keyed)
    assert main(["contract", "export", "keyed.odcs.yaml", "--to", "ruleset", "--dataset", "orders"]) == 2
    assert "cities: a ratio there is of all rows: `city` has a value; " in capsys.readouterr().err

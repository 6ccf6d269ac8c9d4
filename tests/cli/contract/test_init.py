from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.odcs.contract import read_contract

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder in which the program is started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(data: str, *words: str, code: int = 0) -> str:
    """Guess a contract from a file, prove that it lints clean and that the file keeps it; return its text.

    A file with a column that has no value at all is warned of whatever its contract says: exit code 2.
    """
    assert main(["contract", "init", "--from", data, "-o", "made.odcs.yaml", "--force", *words]) == 0
    assert main(["contract", "lint", "made.odcs.yaml"]) == 0
    dialect = [word for word in words if word not in {"--values", "--name", "shop", "--header"}]
    assert main(["contract", "test", "made.odcs.yaml", "--data", data, *dialect]) == code
    return Path("made.odcs.yaml").read_text(encoding="utf-8")


def a_shop(rows: int) -> pl.DataFrame:
    """Rows of a shop, seeded."""
    dice = random.Random(4)  # noqa: S311 - rows, no secrets
    numbers = range(rows)
    return pl.DataFrame(
        {
            "order_id": [f"ORD-{number:06d}" for number in numbers],
            "line": [str(number + 1) for number in numbers],
            "customer_email": [f"c{number}@shop.example" for number in numbers],
            "status": [dice.choice(["new", "paid", "lost"]) for _ in numbers],
            "zip": [f"{number % 90:05d}" for number in numbers],
            "amount": [f"{dice.randrange(10**6) / 100:.2f}" for _ in numbers],
            "change": [str(dice.randrange(-9, 9)) for _ in numbers],
            "paid": [dice.choice(["true", "false"]) for _ in numbers],
            "day": ["2026-03-01" for _ in numbers],
            "at": ["2026-03-01T06:00:00Z" for _ in numbers],
            "link": [f"https://shop.example/{number}" for number in numbers],
            "gone": [None if number % 4 else "x" for number in numbers],
            "never": pl.Series([None] * rows, dtype=pl.String),
        }
    )


@pytest.mark.usefixtures("here")
def test_init_guesses_what_the_rows_have_in_common() -> None:
    """Types, keys, formats, codes and gaps are told, each marked as a guess with what it is made from."""
    a_shop(1000).write_csv("shop-2026-03-01.csv")
    text = made("shop-2026-03-01.csv", code=2)
    assert "# Guessed from shop-2026-03-01.csv: 1,000 rows.\n" in text
    assert "id: shop\nname: shop\nversion: 0.1.0\nstatus: draft\n" in text
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    columns = {column.name: column for column in dataset.columns}
    assert {
        "order_id": "string",
        "line": "integer",
        "customer_email": "string",
        "status": "string",
        "zip": "string",
        "amount": "number(18,2)",
        "change": "integer",
        "paid": "boolean",
        "day": "date",
        "at": "timestamp",
        "link": "string",
        "gone": "string",
        "never": "string",
    } == {name: str(column.type) for name, column in columns.items()}
    assert ("order_id",) == dataset.primary_key
    assert "^[A-Z]{3}-[0-9]{6}$" == columns["order_id"].options.pattern
    assert "^[0-9]{5}$" == columns["zip"].options.pattern
    assert {"customer_email": "email", "link": "uri"} == {
        name: column.options.format for name, column in columns.items() if column.options.format
    }
    assert {"line", "amount"} == {name for name, one in columns.items() if one.options.minimum == 0}
    assert ["gone", "never"] == [name for name, column in columns.items() if not column.required]
    assert ["customer_email"] == [name for name, one in columns.items() if one.classification == "restricted"]
    assert "required: false  # guess: no value in 75 % of 1,000 rows" in text
    assert "name: status  # 3 different values in 1,000: `--values` would list them" in text


@pytest.mark.usefixtures("here")
def test_every_key_that_promises_is_marked() -> None:
    """No promise stands in the file without the word, and a person finds each of them by it."""
    a_shop(100).write_csv("shop.csv")
    lines = made("shop.csv", "--values", code=2).splitlines()
    promises = ("logicalType:", "required:", "unique:", "primaryKey:", "pattern:", "format:", "minimum:")
    promising = [line for line in lines if line.strip().startswith((*promises, "physicalType:", "quality:"))]
    assert promising
    assert [] == [line for line in promising if "# guess: " not in line]


@pytest.mark.usefixtures("here")
def test_no_value_of_a_row_is_written_unless_it_is_asked_for(capsys) -> None:
    """Not one text of the file is in the contract; `--values` lists few ones, of nothing personal."""
    rows = a_shop(200).with_columns(first_name=pl.Series(["Zoltan", "Wilma"] * 100))
    rows.write_csv("shop.csv")
    secrets = {
        str(value)
        for name in rows.columns
        for value in rows[name].drop_nulls()
        if len(str(value)) > 3 and value not in {"true", "false", *rows.columns}
    }
    text = made("shop.csv", code=2)
    assert set() == {value for value in secrets if value in text}
    listed = made("shop.csv", "--values", code=2)
    assert "validValues: [lost, new, paid]" in listed
    assert "Zoltan" not in listed
    assert "Zoltan" not in "".join(capsys.readouterr())


@pytest.mark.usefixtures("here")
def test_a_typed_file_keeps_its_types() -> None:
    """What Parquet says of a column stands in the contract; a text of digits stays a text there."""
    pl.DataFrame(
        {
            "id": pl.Series(range(20), dtype=pl.Int32),
            "digits": [str(number) for number in range(20)],
            "amount": pl.Series([Decimal("1.50")] * 20, dtype=pl.Decimal(9, 2)),
            "share": [0.1 * number for number in range(20)],
            "day": [date(2026, 3, 1)] * 20,
            "at": [datetime(2026, 3, 1, 6, tzinfo=UTC)] * 20,
            "local": [datetime(2026, 3, 1, 6, 0, 1)] * 20,  # noqa: DTZ001 - as files have them
            "yes": [True, False] * 10,
            "many": [[1, 2]] * 20,
            "inside": [{"a": 1, "b": None}] * 20,
            "clock": [time(6, 30)] * 20,
            "big": pl.Series([2**64 - 1] * 20, dtype=pl.UInt64),
        }
    ).write_parquet("typed.parquet")
    made("typed.parquet")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    assert {
        "id": "integer",
        "digits": "string",
        "amount": "number(9,2)",
        "share": "number",
        "day": "date",
        "at": "timestamp",
        "local": "timestamp",
        "yes": "boolean",
        "many": "array",
        "inside": "object",
        "clock": "time",
        "big": "string",
    } == {column.name: str(column.type) for column in dataset.columns}


GOOD: dict[str, str] = {
    "one row": "id,name\n1,x\n",
    "one column": "id\n1\n2\n3\n",
    "all null": "id,name\n,\n,\n,\n",
    "odd names": 'Order Id,"a: b #c",ü™,"x""y\'z",{object},no,v1.0,- a\n1,2,3,4,5,6,7,8\n2,3,4,5,6,7,8,9\n',
    "names of keys": "id,ID2,select,dataop,value,line\n1,2,3,4,5,6\n2,2,3,4,5,6\n",
    "odd numbers": "a,b,c,d\n+1,1e5,.5,1.\n-0,1E400,5.,2.50\n+1,nan,0.,-3\n",
    "odd dates": "a,b\n2026-02-28,2026-02-28 06:00\n2024-02-29,2024-02-29T06:00:00+02:00\n",
    "long numbers": f"a,b\n{'9' * 30},{'9' * 60}\n{'8' * 30},0.{'1' * 30}\n",
    "same number written twice": "id,b\n1,x\n+1,y\n",
    "line ends in values": 'a,b\n"x\ny",1\n"z\nw",2\n',
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", GOOD)
def test_whatever_rows_there_are_they_keep_their_own_contract(name) -> None:
    """However odd, the file yields a contract that lints clean and that it keeps."""
    Path("odd.csv").write_text(GOOD[name], encoding="utf-8")
    made("odd.csv", code=2 if name == "all null" else 0)


BAD: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "empty.csv: there is no header. Give a file with a header and some rows.\n"),
    "pipes.csv": (
        b"id|name\n1|x\n",
        "its one column looks like several, with `|` between them. Say --delimi",
    ),
    "commas.csv": (b"id;at\n1;2,5\n2;3,5\n", "its one column looks like several, with `;` between them. "),
    "tabs.csv": (b"id\tat\n1\t2\n", "Say --delimiter 'tab'; or --delimiter ',' where it is one."),
    "latin.csv": (b"id,name\n1,M\xfcller\n", "no line below the header is a record: nothing can be told of "),
    "header.csv": (b"id,name\n", "header.csv: there is no row: nothing can be told of the columns. "),
    "twice.csv": (b"id,id\n1,2\n", "twice.csv:1: "),
    "case.csv": (b"id,ID\n1,2\n", "columns 1 and 2 of the header differ in upper and lower case only"),
    "ours.csv": (b"dataops_x\n1\n", "the name of column 1 of the header starts with 'dataops_'"),
    "blank.csv": (b"a, \n1,2\n", "column 2 has no name that a contract could call it by"),
    "binary.csv": (bytes(range(256)) * 9, "binary.csv:1: "),
    "text.parquet": (b"id\n1\n", "by its name the file is parquet"),
    "broken.parquet": (b"PAR1" + b"x" * 99, "broken.parquet: "),
    "list.json": (b"[1]\n", "list.json:1: "),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_contract_can_be_guessed_from_is_one_line(name, here, capsys) -> None:
    """A file that isn't what its name says, or holds no row, is a line on stderr, and nothing is written."""
    content, expected = BAD[name]
    (here / name).write_bytes(content)
    assert main(["contract", "init", "--from", name, "-o", "made.odcs.yaml"]) == 3
    told = capsys.readouterr()
    assert expected in told.err
    assert ("", 1) == (told.out, told.err.count("\n"))
    assert not (here / "made.odcs.yaml").exists()


def test_init_replaces_nothing_unasked(here, capsys) -> None:
    """A contract that somebody wrote stays; without an output it is printed."""
    (here / "a.csv").write_text("id\n1\n2\n")
    (here / "made.odcs.yaml").write_text("mine")
    assert main(["contract", "init", "--from", "a.csv", "-o", "made.odcs.yaml"]) == 3
    assert capsys.readouterr().err.startswith("made.odcs.yaml: the file is there already. Name another one")
    assert (here / "made.odcs.yaml").read_text() == "mine"
    assert main(["contract", "init", "--from", "a.csv", "-o", "none/made.odcs.yaml"]) == 3
    assert "the file can't be written: No such file or directory" in capsys.readouterr().err
    assert main(["contract", "init", "--from", "a.csv", "--name", "shop"]) == 0
    assert "\nid: shop\n" in capsys.readouterr().out
    assert main(["contract", "init", "--from", "none.csv"]) == 3
    assert capsys.readouterr().err == "none.csv: there is no such file. Name a file of data.\n"


@pytest.mark.usefixtures("here")
def test_other_formats_are_read_as_test_reads_them() -> None:
    """JSON lines, and CSV in another dialect, are profiled in the way that they are judged."""
    a_shop(50).write_ndjson("shop.jsonl")
    made("shop.jsonl", code=2)
    Path("shop.txt").write_text("id|name\n1|Käthe\n2|Uwe\n", encoding="latin-1")
    made("shop.txt", "--delimiter", "|", "--encoding", "latin-1")


NESTED: dict[str, tuple[str, dict[str, str]]] = {
    "objects": ('{"a":"x","b":{"c":1}}\n{"a":"y","b":{"c":2}}\n', {"a": "string", "b": "object"}),
    "arrays": ('{"a":"x","b":["q"]}\n{"a":"y","b":[]}\n', {"a": "string", "b": "array"}),
    "gaps": ('{"a":1,"b":null}\n{"a":2}\n{"a":3,"b":{"c":[1]}}\n', {"a": "integer", "b": "object"}),
    "braces in texts": ('{"a":"{x}"}\n{"a":"[y]"}\n', {"a": "string"}),
    "many": (
        "".join(f'{{"a":{at},"b":{{"c":"{at % 2}"}},"d":[{at}]}}\n' for at in range(1200)),
        {"a": "integer", "b": "object", "d": "array"},
    ),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", NESTED)
def test_nested_values_of_json_lines_are_objects_and_arrays(name) -> None:
    """A line with an object or a list in it is a record, and keeps the contract that is guessed."""
    text, expected = NESTED[name]
    Path("rows.jsonl").write_text(text, encoding="utf-8")
    made("rows.jsonl", "--values")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    assert expected == {column.name: str(column.type) for column in dataset.columns}


@pytest.mark.usefixtures("here")
def test_a_column_of_objects_and_texts_is_said_to_have_no_type(capsys) -> None:
    """No line is lost, no value is shown, and the guess says why it is a text."""
    Path("rows.jsonl").write_text('{"b":"secret"}\n{"b":{"c":"secret"}}\n' * 50, encoding="utf-8")
    assert main(["contract", "init", "--from", "rows.jsonl", "--values"]) == 0
    told = capsys.readouterr().out
    assert "# Guessed from rows.jsonl: 100 rows.\n" in told
    assert (
        "logicalType: string  # guess: 50 % of 100 values are objects, the others not: no type fits" in told
    )
    assert "secret" not in told
    assert "pattern" not in told


@pytest.mark.usefixtures("here")
def test_json_in_csv_stays_a_text() -> None:
    """What a file of texts holds is a text, however much it looks like JSON."""
    Path("rows.csv").write_text('a,b\n1,"{""c"": 1}"\n2,"{""c"": 2}"\n', encoding="utf-8")
    made("rows.csv")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    assert ["integer", "string"] == [str(column.type) for column in dataset.columns]


LIKE_RECORDS = {
    "an e-mail address": "x,kim@mail.example",
    "a number": "x,80.26",
    "a number with a sign": "-5,x",
    "a German number": "x,1.234,y",
    "a day": "x,2026-03-01",
    "a German day": "x,23.03.2026",
    "an instant": "x,2026-03-01T02:36:00Z",
    "a UUID": "x,7d444840-9dc0-11d1-b245-5ffdce74fad2",
    "an address of the web": "x,https://mail.example/kim",
    "a code as those below": "ST004,x",
    "twice the same": "x,x",
    "nothing": "x,",
}


@pytest.mark.parametrize("name", LIKE_RECORDS)
def test_a_header_that_looks_like_a_record_is_refused(name, here, capsys) -> None:
    """Its names would be values of a row: none is shown or written, and the hint says what to do."""
    first = LIKE_RECORDS[name]
    others = [",".join([f"ST{at:03d}", *["y"] * first.count(",")]) for at in range(5, 17)]
    (here / "rows.csv").write_text("\n".join([first, *others]) + "\n", encoding="utf-8")
    assert main(["contract", "init", "--from", "rows.csv", "-o", "made.odcs.yaml"]) == 3
    told = capsys.readouterr().err
    assert "header" in told
    assert [] == [value for value in first.split(",") if len(value) > 1 and value in told]
    assert not (here / "made.odcs.yaml").exists()
    made("rows.csv", "--no-header")


@pytest.mark.usefixtures("here")
def test_columns_of_a_file_without_a_header_are_numbered() -> None:
    """Each has a name that stands for its place, and the first line is a row as the others."""
    Path("rows.csv").write_text('\n"a\nb",1,2026-03-01\n"c",2,2026-03-02\n', encoding="utf-8")
    assert ": 2 rows." in made("rows.csv", "--no-header")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    expected = {"column_1": "string", "column_2": "integer", "column_3": "date"}
    assert expected == {column.name: str(column.type) for column in dataset.columns}


@pytest.mark.usefixtures("here")
def test_a_header_of_years_can_be_said_to_be_one() -> None:
    """Whoever knows that the first line is a header says so."""
    Path("rows.csv").write_text("country,2019,2020\nDE,1,2\nFR,3,4\n", encoding="utf-8")
    made("rows.csv", "--header")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    assert ["country", "2019", "2020"] == [column.name for column in dataset.columns]


def test_words_that_contradict_each_other_are_refused(here, capsys) -> None:
    """Of two files, or of two words about the header, none is dropped in silence."""
    for name in ("a.csv", "b.csv"):
        (here / name).write_text("id\n1\n2\n")
    assert main(["contract", "init", "--from", "a.csv", "--from", "b.csv", "-o", "made.odcs.yaml"]) == 2
    assert capsys.readouterr().err.startswith("a.csv, b.csv: 2 files are given")
    assert main(["contract", "init", "--from", "a.csv", "--header", "--no-header"]) == 2
    assert capsys.readouterr().err == "a.csv: --header and --no-header say the opposite. Leave one out.\n"
    assert not (here / "made.odcs.yaml").exists()


def test_the_sample_of_the_templates_keeps_its_own_contract(here, monkeypatch) -> None:
    """The day of the sample shop that has no mistake in it is profiled into what it keeps."""
    monkeypatch.syspath_prepend(PROJECT / "dag_templates" / "batch")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import drops

    (here / "drops").mkdir()
    drops.generate(here / "drops")
    made("drops/orders-2026-03-04.csv")
    (dataset,) = read_contract("made.odcs.yaml")[0].datasets
    assert "orders" == dataset.name
    assert "ordered_at" in {column.name for column in dataset.columns if column.type.logical == "timestamp"}


@pytest.mark.usefixtures("here")
def test_a_large_file_is_profiled_in_little_memory() -> None:
    """A few hundred thousand rows are no matter; each is looked at."""
    a_shop(300_000).write_csv("shop.csv")
    text = made("shop.csv", code=2)
    assert "100 % of 300,000 rows" in text


ODD = [
    *(
        "0",
        "1",
        "-1",
        "+1",
        "007",
        "1.50",
        "1e5",
        "1E-400",
        "-0.0",
        ".5",
        "5.",
        "9" * 19,
        "1" * 39,
        "nan",
        "inf",
    ),
    *("true", "TRUE", "yes", "2026-03-01", "2026-02-30", "2024-02-29T23:59", "2026-03-01 06:00:00Z", "12:30"),
    *(
        "x",
        "AB-12",
        "Ä",
        "a b",
        "a@b.c",
        "10.0.0.1",
        "::1",
        "http://x.y/z",
        "mailto:a",
        "null",
        "NaN",
        "",
        " ",
    ),
    *('q"q', "l\nl", "tab\t", "^a$", "\\", "#", "- x", "\u2028", "\x7f", "9007199254740993", "1_000", "٣"),
]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("seed", range(12))
def test_any_table_keeps_its_own_contract(seed, capsys) -> None:
    """Whatever texts stand in a column, one sort or many, the contract that is guessed from them holds."""
    dice = random.Random(seed)  # noqa: S311 - rows, no secrets
    rows = dice.choice([1, 2, 12, 40])
    few = {f"c{at}": dice.sample(ODD, dice.randint(1, 3)) for at in range(6)}
    table = pl.DataFrame({name: [dice.choice(pool) for _ in range(rows)] for name, pool in few.items()})
    table.write_csv("odd.csv", quote_style="always")
    for words in ([], ["--values"]):
        assert main(["contract", "init", "--from", "odd.csv", "-o", "made.odcs.yaml", "--force", *words]) == 0
        assert main(["contract", "lint", "made.odcs.yaml"]) == 0
        capsys.readouterr()
        code = main(["contract", "test", "made.odcs.yaml", "--data", "odd.csv"])
        blank = "all_null" in capsys.readouterr().out
        assert code == (2 if blank else 0)


def test_one_column_may_be_called_like_several(here, capsys) -> None:
    """Where somebody says how the file is separated, that is how it is."""
    (here / "a.csv").write_text("id|name\nx\ny\n")
    assert main(["contract", "init", "--from", "a.csv", "--delimiter", ","]) == 0
    assert "- name: 'id|name'" in capsys.readouterr().out


def test_digits_behind_the_point_are_those_that_are_written(here, capsys) -> None:
    """A price of 12.00 says that there may be one of 12.50 tomorrow."""
    (here / "a.csv").write_text("id,price\nx,12.00\ny,6\n")
    assert main(["contract", "init", "--from", "a.csv"]) == 0
    assert "physicalType: 'numeric(18,2)'" in capsys.readouterr().out

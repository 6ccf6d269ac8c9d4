from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import re
import sys
from collections import Counter
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import jinja2
import jsonschema
import pytest
import yaml

if TYPE_CHECKING:
    from types import ModuleType

BATCH = Path(__file__).parents[2] / "dag_templates" / "batch"
SAMPLE = BATCH / "orders"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("drops_of_the_sample", BATCH / "drops.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


drops = _load()
LANDING = yaml.safe_load((SAMPLE / "orders_landing.odcs.yaml").read_text("utf-8"))["schema"][0]
PROPERTIES = {column["name"]: column for column in LANDING["properties"]}
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The default truth, and partition -> the bytes of its file, the late one included."""
    folder = tmp_path_factory.mktemp("sample") / "drops"
    truth = drops.generate(folder)
    files = {
        day.partition: truth.late.content if day.outcome == "late" else (folder / day.name).read_bytes()
        for day in truth.days
    }
    return truth, files


def looked_at(truth):
    """Return the days whose rows are verified."""
    gated = drops.Failure("gate", "schema.missing")
    return [day for day in truth.days if day.same_as is None and day.failure != gated]


def lines_of(content):
    """Return line number -> the physical line with its line end, without a byte order mark."""
    return dict(enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True), start=1))


def records_of(content, *, without=frozenset()):
    """Return line number -> the fields of the record that starts there, as the csv module reads them."""
    lines = {number: line.decode() for number, line in lines_of(content).items() if number not in without}
    numbers = list(lines)
    reader = csv.reader(lines.values(), strict=True)
    records, taken = {}, 0
    for fields in reader:
        records[numbers[taken]] = fields
        taken = reader.line_num
    return records


def is_record(line, *, width):
    """Say whether a physical line is a whole record by itself."""
    try:
        return [len(fields) for fields in csv.reader([line.decode()], strict=True)] == [width]
    except (UnicodeDecodeError, csv.Error):
        return False


def typed(column, text):
    """Return the value of a text, or None when the text is no value of the column's type."""
    if column["logicalType"] == "number":
        if not NUMBER.fullmatch(text):
            return None
        precision, scale = map(int, re.findall("[0-9]+", column["physicalType"]))
        value = Decimal(text)
        fits = value == round(value, scale) and abs(value) < 10 ** (precision - scale)
        return value if fits else None
    if column["logicalType"] == "timestamp":
        try:
            return datetime.fromisoformat(text) if TIMESTAMP.fullmatch(text) else None
        except ValueError:
            return None
    return text


def broken_by(column, text):
    """Yield the ids of the rules that one cell breaks by itself."""
    name, options = column["name"], column.get("logicalTypeOptions", {})
    if text == "":
        if column.get("required"):
            yield f"{name}.required"
        return
    value = typed(column, text)
    if value is None:
        yield f"{name}.type"
        return
    if "minimum" in options and value < options["minimum"]:
        yield f"{name}.minimum"
    if "maximum" in options and value > options["maximum"]:
        yield f"{name}.maximum"
    if "pattern" in options and not re.search(options["pattern"], text):
        yield f"{name}.pattern"
    for rule in column.get("quality", ()):
        if text not in rule["arguments"]["validValues"]:
            yield rule["id"]


def judge(records):
    """Return line -> the rules of the landing's contract that its record breaks, where there are any."""
    (_, header), *rows = records.items()
    table = {line: dict(zip(header, fields, strict=True)) for line, fields in rows}
    found = {
        line: {rule for name, column in PROPERTIES.items() for rule in broken_by(column, cells[name])}
        for line, cells in table.items()
    }
    for name, rule in (("order_id", "orders_landing.primaryKey"), ("payment_id", "payment_id.unique")):
        counts = Counter(cells[name] for cells in table.values() if cells[name])
        for line, cells in table.items():
            if counts[cells[name]] > 1:
                found[line].add(rule)
    return {line: rules for line, rules in found.items() if rules}


def lost(day):
    """Return the lines that are no records."""
    return {mark.line for mark in day.wrong if mark.rules == ("unparsable",)}


def test_generate_gives_the_same_bytes_for_the_same_seed(made, tmp_path):
    """A seed stands for its bytes, on every supported Python and for good."""
    truth, files = made
    assert drops.generate(tmp_path / "drops").late == truth.late
    digest = sha256()
    for day in truth.days:
        assert sha256(files[day.partition]).hexdigest() == day.sha256
        digest.update(files[day.partition])
    digest.update((tmp_path / "truth.json").read_bytes())
    assert digest.hexdigest() == "5e9344a17e16f47d4ab81ed5c6a1df067672c1e6463691f966c0b46d633615ab"


def test_generate_gives_other_bytes_for_another_seed(made, tmp_path):
    """The seed is what decides."""
    truth, _ = made
    other = drops.generate(tmp_path / "drops", seed=7)
    assert not {day.sha256 for day in other.days} & {day.sha256 for day in truth.days}


def test_generate_leaves_the_truth_and_the_late_file_out_of_the_folder(tmp_path):
    """The pipeline sees thirteen drops and nothing else; the truth lies beside them."""
    folder = tmp_path / "product" / "drops"
    truth = drops.generate(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        day.name for day in truth.days if day.outcome != "late"
    ]
    written = json.loads((tmp_path / "product" / "truth.json").read_text("utf-8"))
    assert [day["published"] for day in written["days"]] == [day.published for day in truth.days]
    assert [len(day["wrong"]) for day in written["days"]] == [len(day.wrong) for day in truth.days]


def test_deliver_brings_the_late_file(made, tmp_path):
    """The file that was held back appears under its own name, and nothing else does."""
    truth, _ = made
    drops.deliver(truth.late, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "orders-2026-03-12.csv": truth.late.content
    }


def test_generate_refuses_days_that_the_floor_would_stop(tmp_path):
    """With too few rows every day would look truncated, so they are refused and nothing is written."""
    with pytest.raises(ValueError, match="at least 1200"):
        drops.generate(tmp_path / "drops", rows_per_day=100)
    assert list(tmp_path.iterdir()) == []


def test_days_come_to_the_outcomes_that_were_planned(made):
    """Ten days go through, and each way in which a day can go wrong is there once."""
    truth, _ = made
    planned = {
        "2026-03-04": ("failed", drops.Failure("gate", "schema.missing"), None),
        "2026-03-09": ("duplicate", None, "2026-03-07"),
        "2026-03-11": ("failed", drops.Failure("verify", "enough_orders"), None),
        "2026-03-12": ("late", None, None),
    }
    assert len(truth.days) == 14
    assert {day.partition: (day.outcome, day.failure, day.same_as) for day in truth.days} == {
        f"2026-03-{number:02}": planned.get(f"2026-03-{number:02}", ("published", None, None))
        for number in range(1, 15)
    }


def test_days_have_one_to_three_per_cent_of_wrong_records(made):
    """The rate is what a shop would have, far below the ceiling of the pipeline."""
    truth, _ = made
    rates = [len(day.wrong) / day.rows for day in truth.days if day.outcome in ("published", "late")]
    assert len(rates) == 11
    assert all(0.01 <= rate <= 0.03 for rate in rates)


def test_every_fault_is_planted_and_every_oddity_too(made):
    """Nothing is left to chance: each fault comes up three times or more, each oddity every day."""
    truth, _ = made
    faults = Counter(mark.what for day in truth.days for mark in day.wrong)
    assert set(faults) == {fault.what for fault in drops.FAULTS} | {"line cut off"}
    assert min(count for what, count in faults.items() if what != "line cut off") >= 3
    assert {rule.rpartition(".")[2] for fault in drops.FAULTS for rule in fault.rules} == {
        "required", "type", "minimum", "maximum", "pattern", "primaryKey", "unique",
        "status_known", "currency_known", "unparsable",
    }  # fmt: skip
    oddities = {oddity.what for oddity in drops.ODDITIES}
    assert all({mark.what for mark in day.odd} == oddities for day in looked_at(truth) if day.failure is None)


def test_a_record_that_breaks_three_rules_is_one_wrong_record(made):
    """Rules are counted by rule, records by record."""
    truth, _ = made
    marks = [mark for day in truth.days for mark in day.wrong if mark.what == "three things at once"]
    assert {mark.rules for mark in marks} == {("amount.minimum", "customer_email.pattern", "status_known")}
    for day in truth.days:
        assert len({mark.line for mark in day.wrong}) == len(day.wrong)


def test_unparsable_lines_are_no_records_by_themselves(made):
    """What the truth calls unparsable can't be read by the csv module either, one physical line each."""
    truth, files = made
    assert sum(len(lost(day)) for day in looked_at(truth)) > 20
    for day in looked_at(truth):
        lines = lines_of(files[day.partition])
        width = len(lines[1].split(b","))
        assert [number for number in lost(day) if is_record(lines[number], width=width)] == []


def test_truth_agrees_with_a_judgement_of_every_record(made):
    """Judged anew by the contract, exactly the planted records are wrong, for exactly the planted reasons."""
    truth, files = made
    for day in looked_at(truth):
        records = records_of(files[day.partition], without=lost(day))
        assert len(records) - 1 + len(lost(day)) == day.rows
        judged = {line: tuple(sorted(rules)) for line, rules in judge(records).items()}
        assert judged | dict.fromkeys(lost(day), ("unparsable",)) == {
            mark.line: mark.rules for mark in day.wrong
        }


def test_clean_records_keep_the_rules_of_the_table(made):
    """What is left after quarantine is above the floor, and everything that is paid has a payment."""
    truth, files = made
    floor = next(rule["mustBeGreaterThan"] for rule in LANDING["quality"] if rule["id"] == "enough_orders")
    for day in looked_at(truth):
        wrong = {mark.line for mark in day.wrong}
        (_, header), *rows = records_of(files[day.partition], without=lost(day)).items()
        good = [dict(zip(header, fields, strict=True)) for line, fields in rows if line not in wrong]
        assert (len(good) > floor) == (day.failure is None)
        unpaid = {cells["status"] for cells in good if not cells["payment_id"]}
        assert unpaid == {"new", "cancelled"}


def test_oddities_are_in_the_files(made):
    """What could raise a false alarm is really there, at the line that the truth names."""
    truth, files = made
    first = truth.days[0]
    records = records_of(files[first.partition], without=lost(first))
    fields = {mark.what: records[mark.line] for mark in first.odd}
    assert fields["comma within quotes"][-1] == "Blue, if you have it"
    assert fields["doubled quotes at the start"][-1] == '"Fragile" please'
    assert fields["note with an empty line"][-1].count("\n") == 2
    assert fields["name in another script"][3] == "\u674e\u96ea"
    assert fields["time with another offset"][1].endswith("+01:00")


def test_shapes_of_whole_files_are_in_the_files(made):
    """Line ends, byte order mark, renamed and additional columns, and the cut are where they should be."""
    truth, files = made
    content = dict(zip(range(1, 15), files.values(), strict=True))
    plain = content[1].partition(b"\n")[0]
    assert content[2].count(b"\r\n") == truth.days[1].rows + 1
    assert content[4].partition(b"\n")[0] == plain.replace(b"customer_email", b"email_address")
    assert content[5].startswith(b"\xef\xbb\xbforder_id,")
    assert not content[6].endswith(b"\n")
    assert content[9] == content[7]
    assert truth.days[10].rows == 525
    assert content[13].partition(b"\n")[0] == plain + b",campaign"


def test_deliveries_are_not_alike_except_for_the_planted_one(made):
    """No other day would be taken for a duplicate."""
    truth, _ = made
    assert [b.partition for a, b in itertools.combinations(truth.days, 2) if a.sha256 == b.sha256] == [
        "2026-03-09"
    ]


@pytest.mark.parametrize("name", ["orders_landing.odcs.yaml", "orders.odcs.yaml"])
def test_contracts_keep_the_standard(name, shared):
    """Both contracts of the sample are valid by the official schema of ODCS 3.1."""
    schema = json.loads((shared / "vectors/odcs/schema/odcs-json-schema-v3.1.0.json").read_text("utf-8"))
    contract = yaml.safe_load((SAMPLE / name).read_text("utf-8"))
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(contract)) == []


@pytest.mark.parametrize("name", ["orders_landing.odcs.yaml", "orders.odcs.yaml"])
def test_rules_of_the_contracts_say_what_they_are(name):
    """Every quality rule has an id of its own, a dimension and a severity."""
    (schema,) = yaml.safe_load((SAMPLE / name).read_text("utf-8"))["schema"]
    columns = schema["properties"]
    rules = [*schema["quality"], *(rule for column in columns for rule in column.get("quality", ()))]
    assert len({rule["id"] for rule in rules}) == len(rules) == 4
    assert all(rule["dimension"] and rule["severity"] == "error" for rule in rules)


def test_transform_makes_what_the_contract_promises():
    """The SQL gives the columns of the product's contract in their order, and prices an order to the cent."""
    sql = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - SQL, not HTML
    select = sql.from_string((SAMPLE / "transform.sql").read_text("utf-8")).render(source="landed")
    with duckdb.connect() as engine:
        engine.execute(
            """
            CREATE TABLE landed AS SELECT
                'ORD-10000001' AS order_id, TIMESTAMP '2026-03-01 23:59:59' AS ordered_at,
                'C000001' AS customer_id, 'Anna' AS customer_name, 'Anna@Example.COM' AS customer_email,
                'paid' AS status, 'EUR' AS currency, NULL::VARCHAR AS country, 0.20::DECIMAL(12, 2) AS amount,
                unnest([0.125, NULL])::DECIMAL(4, 3) AS discount, 'PAY-50000001' AS payment_id, '' AS note
            """
        )
        made = engine.sql(select)
        (product,) = yaml.safe_load((SAMPLE / "orders.odcs.yaml").read_text("utf-8"))["schema"]
        assert made.columns == [column["name"] for column in product["properties"]]
        assert [str(type_) for type_ in made.types[-3:]] == ["DECIMAL(12,2)", "DECIMAL(4,3)", "DECIMAL(12,2)"]
        assert made.project("customer_email, order_date::VARCHAR, discount, net_amount").fetchall() == [
            ("anna@example.com", "2026-03-01", Decimal("0.125"), Decimal("0.18")),
            ("anna@example.com", "2026-03-01", Decimal("0.000"), Decimal("0.20")),
        ]

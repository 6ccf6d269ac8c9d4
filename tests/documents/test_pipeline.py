from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.product import Schedule, Source, Target, Tasks
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.file import find_products
from airflow_dataops.errors import DocumentError

TEMPLATES = Path(__file__).parents[2] / "dag_templates"

PIPELINE = """\
template: batch@1
source:
  folder: drops
  path: orders-{partition}.csv
"""

JINJA = (
    "holds Jinja: only a task would fill it in, so that it means two things. "
    "Write it out; what an environment changes stands in a file of its own."
)

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
team: {name: shop}
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
"""

TWO = CONTRACT + "  - name: more\n    properties: [{name: id, required: true}]\n"


@pytest.fixture
def folder(tmp_path):
    """A product's folder with a contract."""
    made = tmp_path / "orders"
    made.mkdir()
    (made / "orders.odcs.yaml").write_text(CONTRACT)
    (made / "transform.sql").write_text("SELECT * FROM {{ source }}\n")
    return made


def product(folder: Path, text: str = PIPELINE):
    """Return the product of a pipeline file."""
    return read_definition(written(folder, text)).product


def written(folder: Path, text: str) -> Path:
    """Write a pipeline file."""
    file = folder / "orders.dag.yaml"
    file.write_text(text)
    return file


def told(folder: Path, text: str) -> tuple[list[str], list[str]]:
    """Return errors and warnings, without the folder."""
    file = written(folder, text)
    try:
        errors, warnings = (), read_definition(file).warnings
    except DocumentError as error:
        errors, warnings = error.problems, ()
    return tuple(
        [str(problem).replace(f"{folder}/", "") for problem in found] for found in (errors, warnings)
    )


def at(place: str) -> str:
    """Return a place in the pipeline file."""
    return f"orders.dag.yaml:{place}"


def source(line: str) -> str:
    """Return the pipeline file with one more line about its source."""
    return PIPELINE + f"  {line}\n"


def changed(old: str, new: str) -> str:
    """Return the pipeline file with one piece replaced."""
    assert PIPELINE.count(old) == 1
    return PIPELINE.replace(old, new)


BAD = {
    "no template": (
        PIPELINE.removeprefix("template: batch@1\n"),
        [at("1:1: `template` is missing. Such as `template: batch@1`.")],
    ),
    "template without version": (
        changed("batch@1", "batch"),
        [at('1:11: `template` must be a name and a version such as `batch@1`, it is the text "batch"')],
    ),
    "template of version 0": (
        changed("batch@1", "batch@0"),
        [at('1:11: `template` must be a name and a version such as `batch@1`, it is the text "batch@0"')],
    ),
    "template that leaves its folder": (
        changed("batch@1", "../batch@1"),
        [at('1:11: `template` must be a name and a version such as `batch@1`, it is the text "../batch@1"')],
    ),
    "no source": (
        "template: batch@1\n",
        [at("1:1: `source` is missing. It says where drops come from: `folder` and `path`.")],
    ),
    "empty source": (
        "template: batch@1\nsource: {}\n",
        [
            at(
                "2:9: `source.folder` is missing. "
                "It is the folder of the drops, relative to this file; or write `conn_id`."
            ),
            at("2:9: `source.path` is missing. Such as `path: orders-{partition}.csv`; or write `table`."),
        ],
    ),
    "unknown key": (
        PIPELINE + "schedul: x\n",
        [at("5:1: the key `schedul` is not known here. Did you mean `schedule`?")],
    ),
    "unknown key below": (
        source("on_misssing: fail"),
        [at("5:3: the key `on_misssing` is not known here. Did you mean `on_missing`?")],
    ),
    "unknown policy": (
        source("on_missing: wiat"),
        [
            at(
                '5:15: `on_missing` must be `fail`, `skip` or `wait`, it is the text "wiat". Did you '
                "mean `wait`?"
            )
        ],
    ),
    "path without the partition": (
        changed("orders-{partition}.csv", "orders.csv"),
        [
            at('4:9: `path` must contain {partition}, it is the text "orders.csv". '),
        ],
    ),
    "path with another placeholder": (
        changed("orders-{partition}.csv", "orders-{partition}-{ds}.csv"),
        [at("4:9: `path` has the unknown placeholder `{ds}`. There is {partition}.")],
    ),
    "path with an open brace": (
        changed("orders-{partition}.csv", "'orders-{partition}-{.csv'"),
        [at("4:9: `path` has the unknown placeholder `{`. There is {partition}.")],
    ),
    "path that leaves the folder": (
        changed("orders-{partition}.csv", "../{partition}.csv"),
        [
            at(
                '4:9: `path` must lie below the folder, it is the text "../{partition}.csv". '
                "Put the way to it into `folder`."
            )
        ],
    ),
    "duration without unit": (
        source("on_missing: wait\n  wait: {timeout: 6, poke_interval: 0s}"),
        [
            at(
                "6:19: `timeout` must be a time above zero with its unit, it is the number 6. Such "
                "as 10s, 5m, 6h, 2d."
            ),
            at(
                "6:37: `poke_interval` must be a time above zero with its unit, "
                'it is the text "0s". Such as 10s, 5m, 6h, 2d.'
            ),
        ],
    ),
    "unknown encoding": (
        source("encoding: utf-88"),
        [
            at(
                '5:13: `encoding` must be an encoding of text, it is the text "utf-88". Such as '
                "utf-8 or latin-1."
            )
        ],
    ),
    "encoding of no text": (
        source("encoding: rot13"),
        [
            at(
                '5:13: `encoding` must be an encoding of text, it is the text "rot13". Such as utf-8 '
                "or latin-1."
            )
        ],
    ),
    "delimiter of two characters": (
        source("delimiter: '||'"),
        [
            at(
                '5:14: `delimiter` must be one character and no line end, it is the text "||". '
                r'Such as ";" or "\t".'
            )
        ],
    ),
    "schedule that is no cron": (
        PIPELINE + "schedule: 99 * * * *\n",
        [
            at(
                '5:11: `schedule` must be a cron expression or a preset, it is the text "99 * * * *". '
                'Such as "0 5 * * *" or "@daily".'
            )
        ],
    ),
    "schedule with seconds": (
        PIPELINE + "schedule: 0 0 5 * * *\n",
        [
            at(
                "5:11: `schedule` must have 5 fields, it has 6. "
                "Write minute, hour, day, month and weekday: a partition lasts an hour at least."
            )
        ],
    ),
    "schedule with seconds and years": (
        PIPELINE + "expected: {schedule: 0 0 5 * * 0 2027}\n",
        [
            at(
                "5:22: `schedule` must have 5 fields, it has 7. "
                "Write minute, hour, day, month and weekday: a partition lasts an hour at least."
            )
        ],
    ),
    "schedule that never comes": (
        PIPELINE + "schedule: 0 0 31 2 *\n",
        [
            at(
                '5:11: `schedule` never comes, it is the text "0 0 31 2 *". '
                "Airflow's scheduler would look for it."
            )
        ],
    ),
    "schedule that is drawn": (
        PIPELINE + "schedule: R * * * fri\n",
        [
            at(
                "5:11: `schedule` is another one each time it is read: `R` stands for any. "
                'Such as "0 5 * * *" or "@daily".'
            )
        ],
    ),
    "numbers that Airflow's database doesn't keep": (
        PIPELINE + "retries: 2147483648\nmax_active_runs: 1e12\npriority_weight: 99999999999999999999\n",
        [
            at("5:10: `retries` must be at most 2147483647, it is the number 2147483648"),
            at("6:18: `max_active_runs` must be at most 2147483647, it is the number 1e12"),
            at("7:18: `priority_weight` must be at most 2147483647, it is the number 99999999999999999999"),
        ],
    ),
    "a tag that Airflow doesn't take": (
        PIPELINE + f"tags: [{'x' * 100}, {'y' * 101}]\n",
        [at("5:7: `tags` has a tag of more than 100 characters. Airflow takes none.")],
    ),
    "a day that isn't one everywhere": (
        PIPELINE + "timezone: Asia/Tokyo\nstart_date: 0001-01-01\nend_date: 9999-12-31T23:00:00-02:00\n",
        [
            at("6:13: `start_date` is no instant in UTC, by which Airflow reckons"),
            at("7:11: `end_date` is no instant in UTC, by which Airflow reckons"),
        ],
    ),
    "Jinja, where readers see it as it is": (
        PIPELINE.replace("folder: drops", "folder: drops/{{ ds }}") + "target: {path: 'o_{% raw %}'}\n",
        [
            at(f"3:11: `source.folder` {JINJA}"),
            at(f"5:16: `target.path` {JINJA}"),
        ],
    ),
    "unknown preset": (
        PIPELINE + 'schedule: "@dayly"\n',
        [
            at(
                '5:11: `schedule` must be a cron expression or a preset, it is the text "@dayly". '
                "Did you mean `@daily`?"
            )
        ],
    ),
    "preset in plain text": (
        PIPELINE + "schedule: @daily\n",
        [
            at(
                "5:11: a text can't start with this character. "
                "Put the text in quotes; indent with blanks, not tabs."
            )
        ],
    ),
    "unknown time zone": (
        PIPELINE + "timezone: Europe/Pariss\n",
        [
            at(
                '5:11: `timezone` must be a time zone, it is the text "Europe/Pariss". Did you mean '
                "`Europe/Paris`?"
            )
        ],
    ),
    "day that isn't": (
        PIPELINE + "start_date: 2026-02-30\n",
        [
            at(
                '5:13: `start_date` must be a date or a time of ISO 8601, it is the text "2026-02-30". '
                "Such as 2026-03-01."
            )
        ],
    ),
    "end before start": (
        PIPELINE + "start_date: 2026-03-02\nend_date: 2026-03-01\n",
        [at("6:11: `end_date` is before `start_date`")],
    ),
    "no runs at once": (
        PIPELINE + "max_active_runs: 0\nretries: -1\n",
        [
            at("5:18: `max_active_runs` must be a whole number of at least 1, it is the number 0"),
            at("6:10: `retries` must be a whole number of at least 0, it is the number -1"),
        ],
    ),
    "tag named twice": (
        PIPELINE + "tags: [a, b, a]\n",
        [at("5:7: `tags` names a tag twice")],
    ),
    "pipeline that is a list": (
        "- template\n",
        [at("1:1: the file must be a mapping of keys, it is a list")],
    ),
    "unknown target": (
        PIPELINE + "target: {type: iceberg}\n",
        [at('5:16: `type` must be `delta` or `postgres`, it is the text "iceberg"')],
    ),
    "name that is no id": (
        PIPELINE + "name: my orders\n",
        [
            at(
                "5:7: `name` must be made of at most 250 letters, digits, `_`, `-` and `.`, "
                'it is the text "my orders"'
            )
        ],
    ),
    "no such contract": (
        PIPELINE + "contract: ordres.odcs.yaml\n",
        [
            at(
                "5:11: there is no contract `ordres.odcs.yaml`. "
                "Write it, or name another one with `contract:`."
            )
        ],
    ),
    "no contract of the default name": (
        PIPELINE + "name: sales\n",
        [at("1:1: there is no contract `sales.odcs.yaml`. Write it, or name another one with `contract:`.")],
    ),
    "contract that is a folder": (
        PIPELINE + "contract: ../orders\n",
        ["../orders: can't be read: Is a directory"],
    ),
    "no such contract of the source": (
        source("contract: landing.odcs.yaml"),
        [
            at(
                "5:13: there is no contract `landing.odcs.yaml`. "
                "Write it, or name another one with `source.contract:`."
            )
        ],
    ),
    "transform without a contract of the source": (
        PIPELINE + "transform: transform.sql\n",
        [
            at(
                "3:3: `source.contract` is missing: with a `transform`, what lands is not what is published. "
                "Name the contract of the files that land."
            )
        ],
    ),
    "no such transform": (
        source("contract: orders.odcs.yaml") + "transform: trnsform.sql\n",
        [at("6:12: there is no file `trnsform.sql` beside this one")],
    ),
    "params that are no mapping": (
        PIPELINE + "params: [1]\n",
        [at("5:9: `params` must be a mapping of keys, it is a list")],
    ),
    "param of too many digits": (
        PIPELINE + "params: {grain: 1e999}\n",
        [at("5:17: the number 1e999 has more digits than JSON keeps. Put it in quotes.")],
    ),
    "param that JSON can't hold": (
        PIPELINE + "params: {grain: 0.10000000000000000000001}\n",
        [at("5:17: the number 0.10000000000000000000001 has more digits than JSON keeps. Put it in quotes.")],
    ),
    "no such template, beside something else": (
        PIPELINE.replace("@1", "@99") + "retries: -1\n",
        [
            at("1:11: there is no template `batch@99`. Did you mean `batch@2`?"),
            at("5:10: `retries` must be a whole number of at least 0, it is the number -1"),
        ],
    ),
    "params that the template doesn't take": (
        PIPELINE + "retries: -1\nparams:\n  grian: day\n  extra_columns: drop\n  max_quarantined: 120%\n",
        [
            at("5:10: `retries` must be a whole number of at least 0, it is the number -1"),
            at("7:3: the key `grian` is not known here. Did you mean `grain`?"),
            at('8:3: `extra_columns` must be `report` or `fail`, it is the text "drop"'),
            at('9:3: `max_quarantined` must be at most 1, it is the text "120e-2"'),
        ],
    ),
    "share that is none": (
        PIPELINE + "params: {max_quarantined: few%}\n",
        [at('5:10: `max_quarantined` must be a number, it is the text "few%"')],
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_read_definition_says_what_is_wrong_and_where(text, expected, folder):
    """Each thing that is wrong is one line with its line and column and, where there is one, a hint."""
    found, _ = told(folder, text)
    assert len(expected) == len(found)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start) if start.endswith(". ") else line == start


def test_read_definition_reports_every_file_at_once(folder):
    """What is wrong in the pipeline file, in both contracts and in the SQL comes in one go."""
    (folder / "orders.odcs.yaml").write_text(CONTRACT.replace("required: true", "requird: true"))
    (folder / "landing.odcs.yaml").write_text("a: 1\na: 2\n---\n")
    (folder / "transform.sql").write_bytes(b"SELECT '\xff'")
    text = (
        PIPELINE.replace("batch@1", "batch")
        + "  contract: landing.odcs.yaml\ntransform: transform.sql\nretry: 1\n"
    )
    places = [line.split(": ")[0] for line in told(folder, text)[0]]
    assert places == [
        "orders.dag.yaml:1:11",
        "orders.dag.yaml:7:1",
        "orders.odcs.yaml:10:41",
        "landing.odcs.yaml:2:1",
        "landing.odcs.yaml:3:1",
        "transform.sql:1:9",
    ]


def test_read_definition_refuses_several_datasets(folder):
    """A product publishes one dataset; the second one is named with its place."""
    (folder / "orders.odcs.yaml").write_text(TWO)
    assert told(folder, PIPELINE)[0] == [
        (
            "orders.odcs.yaml:11:5: batch@1 publishes one dataset, this contract has 2. "
            "Write a contract and a product for each."
        )
    ]


def test_read_definition_refuses_a_folder_that_cannot_name_it(tmp_path):
    """A folder whose name is no id of a DAG needs a `name:`."""
    folder = tmp_path / "my orders"
    folder.mkdir()
    (folder / "my orders.odcs.yaml").write_text(CONTRACT)
    assert told(folder, PIPELINE)[0] == [
        at(
            "1:1: the folder's name `my orders` can't be that of a product. "
            "Write `name:` with letters, digits, `_`, `-` and `.`."
        )
    ]


def test_read_definition_refuses_an_empty_transform(folder):
    """A file without SQL is named, not run."""
    (folder / "transform.sql").write_text(" \n")
    text = source("contract: orders.odcs.yaml") + "transform: transform.sql\n"
    assert told(folder, text)[0] == ["transform.sql:1:1: the file is empty. It must hold one SELECT."]


def test_read_definition_says_that_it_cannot_be_read(tmp_path):
    """A pipeline file that isn't there is a problem of one line."""
    with pytest.raises(DocumentError) as caught:
        read_definition(tmp_path / "a.dag.yaml")
    assert f"{tmp_path}/a.dag.yaml: can't be read: No such file or directory" == str(caught.value)


def test_read_definition_fills_in_what_is_not_said(folder):
    """A pipeline file of four lines is a whole product: everything else has a default."""
    found = product(folder)
    assert ("orders", "", "", "batch@1", "shop", (), "", {}) == (
        found.name,
        found.team,
        found.folder,
        found.template,
        found.owner,
        found.tags,
        found.transform,
        found.params,
    )
    contract = "orders.odcs.yaml"
    assert Source(folder="drops", path="orders-{partition}.csv", contract=contract) == found.source
    assert (Target(type="delta", table="orders"), Schedule(), Tasks(), contract, {contract}) == (
        found.target,
        found.schedule,
        found.tasks,
        found.contract.path,
        set(found.files),
    )


def test_read_definition_reads_all_that_is_said(folder):
    """Every key of the file arrives in the product, typed."""
    shutil.copy(folder / "orders.odcs.yaml", folder / "landing.odcs.yaml")
    text = """\
template: batch@1
name: sales
team: shop
description: The orders.
owner: me
tags: [a, b]
contract: orders.odcs.yaml
transform: transform.sql
schedule: 30 5 * * 1-5
timezone: Europe/Paris
start_date: 2026-03-01
end_date: "2026-03-14T12:00:00Z"
catchup: true
max_active_runs: 2
retries: 0
retry_delay: 90s
pool: warehouse
priority_weight: 3
queue: heavy
on_failure_callback: shop.alerts.page
on_retry_callback: [shop.alerts.tell, shop.alerts.count]
dag_params: {full: false, limit: 10}
source:
  contract: landing.odcs.yaml
  folder: /drops
  path: a/{partition}/{partition}.csv
  delivery: snapshot
  encoding: latin-1
  delimiter: "\\t"
  on_missing: wait
  on_duplicate: skip
  wait: {timeout: 2d, poke_interval: 5m}
target: {type: delta, path: /lake/sales}
params: {grain: hour, max_quarantined: 0.1}
"""
    found = product(folder, text)
    paris = ZoneInfo("Europe/Paris")
    assert found.source == Source(
        folder="/drops",
        path="a/{partition}/{partition}.csv",
        contract="landing.odcs.yaml",
        dialect=Dialect("\t", "latin-1"),
        delivery=Delivery.SNAPSHOT,
        on_missing=OnMissing.WAIT,
        on_duplicate=OnDuplicate.SKIP,
        poke_interval=timedelta(minutes=5),
        timeout=timedelta(days=2),
    )
    assert found.schedule == Schedule(
        schedule="30 5 * * 1-5",
        timezone="Europe/Paris",
        start_date=datetime(2026, 3, 1, tzinfo=paris),
        end_date=datetime(2026, 3, 14, 12, tzinfo=UTC),
        catchup=True,
        max_active_runs=2,
    )
    assert found.tasks == Tasks(
        retries=0, retry_delay=timedelta(seconds=90), pool="warehouse", priority_weight=3, queue="heavy"
    )
    assert (
        {
            "on_failure_callback": ("shop.alerts.page",),
            "on_retry_callback": ("shop.alerts.tell", "shop.alerts.count"),
        },
        {"full": False, "limit": 10},
    ) == (found.callbacks, found.dag_params)
    assert (
        "batch@1",
        "sales",
        "shop",
        "The orders.",
        "me",
        ("a", "b"),
        Target(type="delta", table="/lake/sales"),
    ) == (
        found.template,
        found.name,
        found.team,
        found.description,
        found.owner,
        found.tags,
        found.target,
    )
    assert "transform.sql" == found.transform
    assert {"orders.odcs.yaml", "landing.odcs.yaml", "transform.sql"} == set(found.files)
    assert {"grain": "hour", "max_quarantined": 0.1} == found.params


def test_read_definition_knows_where_its_keys_stand(folder):
    """Whoever checks a key later can still name its line."""
    file = folder / "orders.dag.yaml"
    places = read_definition(written(folder, PIPELINE + "params: {grain: day}\n")).places
    assert (f"{file}:1:1", f"{file}:2:1", f"{file}:3:3", f"{file}:5:10") == (
        places[""],
        places["source"],
        places["source.folder"],
        places["params.grain"],
    )


def test_read_definition_leaves_a_folder_to_its_connection(folder):
    """With a connection the folder is below the connection's path, so it stays as it is written."""
    text = "template: batch@1\nsource: {conn_id: shop, path: 'a-{partition}.csv'%s}\n"
    assert ("shop", "") == (
        product(folder, text % "").source.conn_id,
        product(folder, text % "").source.folder,
    )
    assert product(folder, text % ", folder: drops").source.folder == "drops"


def test_read_definition_may_have_no_schedule(folder):
    """An empty `schedule` says that nothing starts by itself."""
    assert product(folder, PIPELINE + "schedule: null\n").schedule.schedule is None


def test_read_definition_takes_paths_as_they_are_given(folder, monkeypatch):
    """Problems name files as they were asked for; the product's own paths begin at its folder."""
    monkeypatch.chdir(folder)
    written(folder, PIPELINE)
    found = read_definition("orders.dag.yaml")
    assert ("orders", "orders.dag.yaml", folder, "orders.odcs.yaml") == (
        found.product.name,
        found.file,
        found.folder,
        found.product.contract.path,
    )
    assert "orders.odcs.yaml:8:5" == found.contract.datasets[0].place


def test_read_definition_warns_of_a_wait_that_never_happens(folder):
    """`wait` beside another policy is a warning, as are the warnings of the contract."""
    (folder / "orders.odcs.yaml").write_text(
        CONTRACT.replace("string", "string, logicalTypeOptions: {format: iban}")
    )
    assert (
        [],
        [
            (
                "orders.odcs.yaml:10:70: the format `iban` is not enforced yet. "
                "Enforced are: byte, email, hostname, ipv4, ipv6, uri, uuid."
            ),
            at('5:3: `wait` has no effect: `on_missing` is the text "fail". Write `on_missing: wait`.'),
        ],
    ) == told(folder, source("wait: {timeout: 1h}"))


def test_find_products_finds_every_pipeline_file(tmp_path):
    """Pipeline files are found at any depth, in the order of their names."""
    for name in ("b/b.dag.yaml", "a/x/a.dag.yaml", "a/a.odcs.yaml", "a/dag.yaml", ".new-1/c/c.dag.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "c.dag.yaml").mkdir()
    assert (tmp_path / "a/x/a.dag.yaml", tmp_path / "b/b.dag.yaml") == find_products(tmp_path)


def test_read_definition_reads_the_sample():
    """Every product that comes with the templates has neither errors nor warnings."""
    found = find_products(TEMPLATES)
    assert found
    for file in found:
        assert () == read_definition(file).warnings


def test_read_definition_finds_schemas_beside_it(folder):
    """Both schemas are named by their files where these lie beside the pipeline file."""
    (folder / "checks.py").touch()
    text = PIPELINE.replace("source:\n", "source:\n  schema: landed.checks:Landed\n")

    found = product(folder, text + "schema: checks:Orders\n")

    assert "./checks.py:Orders" == found.schema
    assert "landed.checks:Landed" == found.source.schema

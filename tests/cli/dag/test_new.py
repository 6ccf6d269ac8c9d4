"""A product that is made by one command is right as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_dataops.cli.main import main

SALES = "order_id;amount;day\nA1;2.5;2026-03-01\nA2;3;2026-03-02\n"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with a file of data."""
    (tmp_path / "sales-2026-03-01.csv").write_text(SALES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pipeline_of(folder: str) -> dict[str, object]:
    """Return the pipeline file of a product, after an editor's schema has taken it."""
    file = next(Path(folder).glob("*.dag.yaml"))
    first = file.read_text().splitlines()[0]
    schema = json.loads((file.parent / first.partition("$schema=")[2]).read_text())
    found = yaml.safe_load(file.read_text())
    Draft202012Validator(schema).validate(found)
    return found


WAYS = {
    "nothing but a name": [],
    "data": ["--data", "sales-2026-03-01.csv", "--delimiter", ";"],
    "a select": ["--transform", "--data", "sales-2026-03-01.csv", "--delimiter", ";"],
    "a select without data": ["--transform"],
    "no header": ["--data", "sales-2026-03-01.csv", "--delimiter", ";", "--no-header"],
    "all that is said": [
        *("--team", "shop", "--owner", "me", "--description", "Sales: all", "--schedule", "30 5 * * *"),
        *("--timezone", "Europe/Paris", "--start-date", "2026-03-01", "--param", "max_quarantined=5%"),
    ],
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("way", WAYS)
def test_what_is_written_passes_lint(way, capsys) -> None:
    """Whatever it was made of, there is no error; and the editor's schema agrees."""
    assert 0 == main(["dag", "new", "dags/sales", *WAYS[way]])
    capsys.readouterr()

    assert main(["lint", "dags/sales"]) in {0, 2}, capsys.readouterr().out
    assert pipeline_of("dags/sales")


@pytest.mark.usefixtures("here")
def test_what_is_said_is_written() -> None:
    """The file of data says how drops are called and written, the options say the rest."""
    main(["dag", "new", "sales", *WAYS["data"], "--schedule", "@daily", "--param", "grain=hour"])

    assert {
        "template": "batch@1",
        "schedule": "@daily",
        "source": {"folder": "drops", "path": "sales-{partition}.csv", "delimiter": ";"},
        "target": {"type": "delta", "path": "sales"},
        "params": {"grain": "hour"},
    } == pipeline_of("sales") | {"template": "batch@1"}
    contract = yaml.safe_load(Path("sales/sales.odcs.yaml").read_text())
    assert ["order_id", "amount", "day"] == [it["name"] for it in contract["schema"][0]["properties"]]


@pytest.mark.usefixtures("here")
def test_airflow_takes_it() -> None:
    """The stub is a DAG file."""
    from airflow_dataops.factory.dags import load_dag

    main(["dag", "new", "dags/sales", *WAYS["a select"]])
    dag = load_dag(str(Path("dags/sales/dag.py").absolute()))

    assert {"land", "transform", "publish"} <= set(dag.task_ids)


REFUSED = {
    "a name that is none": (["my sales"], "my sales: this can't be the name of a product."),
    "a template that there isn't": (["sales", "--template", "batsh@1"], "there is no template `batsh@1`."),
    "a schedule that is none": (
        ["sales", "--schedule", "daily"],
        "sales.dag.yaml, which was not written: `schedule` must be a cron expression",
    ),
    "a parameter that is none": (["sales", "--param", "grain"], "grain: a parameter is NAME=VALUE."),
    "a section that the template doesn't take": (
        ["sales", "--template", "maintenance@1", "--depends-on", "others"],
        "takes no `depends_on`. Leave the option out.",
    ),
    "a parameter that the template doesn't take": (
        ["sales", "--param", "grian=day"],
        "the key `grian` is not known here. Did you mean `grain`?",
    ),
    "models without their database": (
        ["sales", "--template", "sql@1"],
        "Name it and the table: --conn-id warehouse --table mart.orders.",
    ),
    "a folder of models elsewhere": (
        ["sales", "--template", "sql@1", "--conn-id", "w", "--table", "t", "--param", "models=../m"],
        "it is no folder below the product's",
    ),
    "a table without its database": (["sales", "--table", "mart.sales"], "belong together."),
    "a scan of nothing": (
        ["sales", "--template", "contract_scan@1"],
        "it needs a contract that there is. Say which one: --contract orders/orders.odcs.yaml.",
    ),
    "two promises": (
        ["sales", "--contract", "c.odcs.yaml", "--data", "sales-2026-03-01.csv"],
        "c.odcs.yaml: can't be read: No such file or directory",
    ),
    "a file that isn't there": (["sales", "--data", "no.csv"], "no.csv: there is no such file."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_nothing_behind(here, what, capsys) -> None:
    """One line says what is wrong, and the folder is as it was."""
    words, expected = REFUSED[what]
    before = sorted(here.rglob("*"))

    assert 3 == main(["dag", "new", *words])

    told = capsys.readouterr().err
    assert expected in told
    assert 1 == told.count("\n")
    assert before == sorted(here.rglob("*"))


@pytest.mark.usefixtures("here")
def test_a_template_that_needs_more_leads_to_its_sample(tmp_path, monkeypatch, capsys) -> None:
    """What can't be guessed is copied: here a folder that each product must have."""
    (tmp_path / "templates" / "more" / "sample").mkdir(parents=True)
    (tmp_path / "templates" / "more" / "sample" / "sample.dag.yaml").write_text("template: more@1\n")
    (tmp_path / "templates" / "more" / "v1.py").touch()
    (tmp_path / "templates" / "more" / "params_v1.py").write_text(
        "from pydantic import BaseModel, Field\n"
        "class Params(BaseModel):\n    many: int = Field(1, gt=1, validate_default=True)\n"
    )
    monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", str(tmp_path / "templates"))

    assert 3 == main(["dag", "new", "sales", "--template", "more@1"])

    first, second = capsys.readouterr().err.splitlines()
    assert "`many`" in first
    assert second.startswith("templates/more/sample: this is a sample of `more@1`.")


def test_nothing_is_overwritten(here, capsys) -> None:
    """A folder in which something lies is left alone."""
    (here / "sales").mkdir()
    (here / "sales" / "mine").touch()

    assert 3 == main(["dag", "new", "sales"])
    assert "Nothing was changed" in capsys.readouterr().err
    assert ["mine"] == [file.name for file in (here / "sales").iterdir()]


def test_products_share_their_schemas(here) -> None:
    """Those of a checkout lie where the nearest folder of them is."""
    (here / "dags" / ".schemas").mkdir(parents=True)

    main(["dag", "new", "dags/shop/sales"])

    first = (here / "dags/shop/sales/sales.dag.yaml").read_text().splitlines()[0]
    assert "$schema=../../.schemas/batch@" in first
    assert not (here / "dags/shop/.schemas").exists()


TESTED = {
    "data": ["--data", "sales-2026-03-01.csv", "--delimiter", ";"],
    "nothing": [],
    "every type": ["--data", "all.csv"],
    "what has values inside it": ["--data", "nested.jsonl"],
    "a drop of a partner": ["--template", "partner@1", "--data", "sales-2026-03-01.csv", "--delimiter", ";"],
}
LINES = (
    "id,code,mail,place,share,count,flag,day,at,clock,note",
    *(
        f"{at},AB-{at:03}.x,p{at}@example.com,{'north' if at % 2 else 'south'},{at}.25,{at},"
        f"{'true' if at % 2 else 'false'},2026-03-01,2026-03-01T09:00:00Z,09:00:00,{'' if at == 3 else 'x y'}"
        for at in range(10, 40)
    ),
)


@pytest.mark.parametrize("way", TESTED)
def test_a_select_has_a_test_that_passes(here, way, capsys) -> None:
    """The rows are made up, whatever the types are: none of the file's is in it."""
    (here / "all.csv").write_text("\n".join(LINES) + "\n")
    (here / "nested.jsonl").write_text('{"id": "a1", "inner": {"x": 1}, "list": [1]}\n' * 2)

    assert 0 == main(["dag", "new", "dags/sales", "--transform", *TESTED[way]])
    assert main(["test", "dags/sales"]) == 0, capsys.readouterr().out

    assert "1 test: 1 passed" in capsys.readouterr().out
    text = Path("dags/sales/tests/first.yaml").read_text()
    assert "p10@example.com" not in text
    assert "A1" not in text


@pytest.mark.usefixtures("here")
def test_without_a_select_there_is_nothing_to_test() -> None:
    """A test that could not be run would be an error."""
    main(["dag", "new", "sales"])

    assert not Path("sales/tests").exists()


MADE = {
    "partner@1": ["--data", "sales-2026-03-01.csv", "--delimiter", ";", "--param", "partner=north"],
    "maintenance@1": ["--schedule", "@daily"],
    "sql@1": ["--conn-id", "warehouse", "--table", "mart.night", "--param", "models=sql"],
    "contract_scan@1": ["--contract", "sales/sales.odcs.yaml", "--param", "product=sales"],
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("template", MADE)
def test_every_template_has_its_product(template, capsys) -> None:
    """What it needs is said by options, and what is written is right and a DAG."""
    from airflow_dataops.factory.dags import load_dag

    main(["dag", "new", "sales"])
    assert main(["dag", "new", "night", "--template", template, *MADE[template]]) == 0, capsys.readouterr()

    assert main(["lint", "night"]) == 0, capsys.readouterr().out
    assert pipeline_of("night")["template"] == template
    assert load_dag(str(Path("night/dag.py").absolute())).task_ids


@pytest.mark.usefixtures("here")
def test_the_first_model_keeps_what_a_contract_promises(capsys) -> None:
    """Each column has its type."""
    main(["dag", "new", "sales", *WAYS["data"]])
    target = ["--conn-id", "warehouse", "--table", "mart.sold"]

    assert 0 == main(
        ["dag", "new", "sold", "--template", "sql@1", "--contract", "sales/sales.odcs.yaml", *target]
    )
    assert main(["lint", "sold"]) == 0, capsys.readouterr().out

    model = Path("sold/models/sold.sql").read_text()
    assert "CAST('order_id 1' AS text) AS \"order_id\"" in model
    assert "CAST('2026-01-01' AS date) AS \"day\"" in model
    assert yaml.safe_load(Path("sold/sold.dag.yaml").read_text())["contract"] == "../sales/sales.odcs.yaml"


DROPS = {
    "sales-2026-03-01.csv": ("sales-{partition}.csv", None),
    "2026-03-01/sales.csv": ("sales-{partition}.csv", None),
    "sales-2026-03-01T09.csv": ("sales-{partition}.csv", "hour"),
    "sales-2026-03.csv": ("sales-{partition}.csv", "month"),
    "sales-2026.csv": ("sales-2026-{partition}.csv", None),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("file", DROPS)
def test_the_name_of_the_data_says_what_drops_are_called(file, capsys) -> None:
    """The label of a partition shows how much time one covers; where there is none, that is said."""
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text("id,n\na,1\nb,2\n")
    path, grain = DROPS[file]

    assert 0 == main(["dag", "new", "dags/sales", "--data", file])

    found = pipeline_of("dags/sales")
    assert (path, grain) == (found["source"]["path"], found.get("params", {}).get("grain"))
    told = capsys.readouterr().err
    unlabelled = file in {"2026-03-01/sales.csv", "sales-2026.csv"}
    assert told.startswith(f"{file}: the name shows no partition") is unlabelled
    assert bool(told) is unlabelled


@pytest.mark.usefixtures("here")
def test_a_grain_that_is_said_counts(capsys) -> None:
    """Four digits are a year where somebody says so; what is said is not changed by what a name shows."""
    for file in ("sales-2026.csv", "sales-2026-03-02.csv"):
        Path(file).write_text("id,n\na,1\nb,2\n")

    assert 0 == main(["dag", "new", "dags/a", "--data", "sales-2026.csv", "--param", "grain=year"])
    assert "" == capsys.readouterr().err
    assert 0 == main(["dag", "new", "dags/b", "--data", "sales-2026-03-02.csv", "--param", "grain=month"])

    assert "sales-{partition}.csv" == pipeline_of("dags/a")["source"]["path"]
    found = pipeline_of("dags/b")
    assert ("sales-{partition}.csv", {"grain": "month"}) == (found["source"]["path"], found["params"])


@pytest.mark.usefixtures("here")
def test_a_first_line_of_values_is_names_where_that_is_said(capsys) -> None:
    """As the error says that asks."""
    Path("a-2026-03-01.csv").write_text("id,2025\na,1\nb,2\n")
    assert 3 == main(["dag", "new", "dags/a", "--data", "a-2026-03-01.csv"])
    assert "or --header where that is its name" in capsys.readouterr().err
    assert 0 == main(["dag", "new", "dags/a", "--data", "a-2026-03-01.csv", "--header"])

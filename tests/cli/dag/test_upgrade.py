"""A product on a newer version of its template does what it did, and its file is as it was written."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from airflow_dataops.cli.dag.together import Together
from airflow_dataops.cli.main import main
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import template
from airflow_dataops.factory import difference

SAMPLE = ours() / "batch" / "orders"
START = "template: batch@1\nsource: {folder: drops, path: 'o-{partition}.csv', contract: orders.odcs.yaml}\n"


@pytest.fixture
def orders(tmp_path, monkeypatch) -> Path:
    """The folder of a product, with defaults above it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "defaults.yaml").write_text("root: true\n")
    return Path(shutil.copytree(SAMPLE, tmp_path / "orders"))


def params_of(folder: Path, environment: str = "") -> dict[str, object]:
    """Return the template of a product and all of its parameters, checked."""
    product = read_definition(folder / "orders.dag.yaml", environment=environment).product
    params = template(product.template, shelf=shelf_of()).params.model_validate(product.params)
    return {"template": product.template, **params.model_dump(mode="json")}


WRITTEN = {
    "nothing is said": (START, START.replace("@1", "@2") + "params:\n  max_quarantined: 20%\n"),
    "a parameter that is called otherwise": (
        START + "params:\n  extra_columns: fail  # strict\n  max_quarantined: 3%\n",
        START.replace("@1", "@2") + "params:\n  on_schema_drift: fail  # strict\n  max_quarantined: 3%\n",
    ),
    "a parameter in braces": (
        START + "params: {extra_columns: fail}\nretries: 1\n",
        START.replace("@1", "@2") + "params: {on_schema_drift: fail, max_quarantined: 20%}\nretries: 1\n",
    ),
    "a parameter that stays": (
        START + "params:\n  grain: hour\n# the end\n",
        START.replace("@1", "@2") + "params:\n  grain: hour\n  max_quarantined: 20%\n# the end\n",
    ),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_the_file_changes_where_it_must(orders, what) -> None:
    """Comments, order and layout stay, and what the product does stays as well."""
    text, expected = WRITTEN[what]
    file = orders / "orders.dag.yaml"
    file.write_text(text)
    before = params_of(orders)

    assert 0 == main(["dag", "upgrade", "orders"])

    assert expected == file.read_text()
    after = params_of(orders)
    assert ("batch@2", before["extra_columns"], before["grain"], before["max_quarantined"]) == (
        after["template"],
        after["on_schema_drift"],
        after["grain"],
        after["max_quarantined"],
    )


def test_a_dry_run_changes_nothing(orders, capsys) -> None:
    """It says what would."""
    before = (orders / "orders.dag.yaml").read_text()

    assert 0 == main(["dag", "upgrade", "orders", "--to", "batch@2", "--dry-run"])

    assert before == (orders / "orders.dag.yaml").read_text()
    assert (
        "orders:\n"
        "  ~ template: batch@1 → batch@2\n"
        "  + params.on_schema_drift: report\n"
        "  - params.extra_columns: report\n"
        "orders/orders.dag.yaml would be changed.\n"
    ) == capsys.readouterr().out


def test_what_environments_change_goes_over_too(orders) -> None:
    """Each comes to what it came to; what it inherits is not said again."""
    (orders / "orders.dag.prod.yaml").write_text("params:\n  extra_columns: fail  # here\n")
    (orders / "orders.dag.test.yaml").write_text("retries: 0\n")

    assert 0 == main(["dag", "upgrade", "orders"])

    assert "params:\n  on_schema_drift: fail  # here\n" == (orders / "orders.dag.prod.yaml").read_text()
    assert "retries: 0\n" == (orders / "orders.dag.test.yaml").read_text()
    assert ("report", "fail", "report") == tuple(
        params_of(orders, environment)["on_schema_drift"] for environment in ("", "prod", "test")
    )


def test_defaults_of_another_version_are_written_out(orders, tmp_path) -> None:
    """Those of a template that is named count for it alone, so the product has to say them itself."""
    (tmp_path / "defaults.yaml").write_text(
        "root: true\ntemplate: batch@1\nparams: {extra_columns: fail, grain: hour}\n"
    )
    before = params_of(orders)

    assert 0 == main(["dag", "upgrade", "orders"])

    after = params_of(orders)
    assert (before["extra_columns"], before["grain"]) == (after["on_schema_drift"], after["grain"])


REFUSED = {
    "a version that is older": ({}, ["--to", "batch@1"], "`batch@1` is not newer than `batch@1`."),
    "a version that there isn't": ({}, ["--to", "batch@99"], "there is no template `batch@99`."),
    "a template in the defaults": (
        {
            "defaults.yaml": "root: true\ntemplate: batch@1\n",
            "orders/orders.dag.yaml": START.partition("\n")[2],
        },
        [],
        "orders/orders.dag.yaml:1:1: `template` is written in ",
    ),
    "parameters in the defaults that don't fit": (
        {"defaults.yaml": "root: true\nparams: {extra_columns: fail}\n"},
        [],
        "the key `extra_columns` is not known here.",
    ),
    "an environment with a template of its own": (
        {"orders/orders.dag.prod.yaml": "template: batch@1\n"},
        [],
        "orders.dag.prod.yaml:1:1: this environment has a template of its own.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_changes_nothing(orders, what, capsys) -> None:
    """One line says why, and what to do."""
    files, words, expected = REFUSED[what]
    for name, text in files.items():
        Path(name).write_text(text)
    before = {file: file.read_bytes() for file in orders.parent.rglob("*.yaml")}

    assert 3 == main(["dag", "upgrade", "orders", *words])

    assert expected in capsys.readouterr().err
    assert before == {file: file.read_bytes() for file in orders.parent.rglob("*.yaml")}


def test_diff_of_two_products(orders, capsys) -> None:
    """Each value that counts and differs, whatever the files look like."""
    other = shutil.copytree(orders, orders.parent / "elsewhere" / "orders")
    file = Path(other, "orders.dag.yaml")
    assert 0 == main(["dag", "diff", "orders", "elsewhere/orders"])
    file.write_text("# the same\n" + file.read_text().replace("catchup: true", "catchup: true\nretries: 2"))
    assert 0 == main(["dag", "diff", "orders", "elsewhere/orders"])
    assert "values: nothing differs\n" * 2 == capsys.readouterr().out

    file.write_text(file.read_text().replace("retries: 2", "retries: 3\npool: small"))

    assert 1 == main(["dag", "diff", "orders", "elsewhere/orders", "--output-format", "json"])
    assert {
        "values": [{"key": "retries", "old": 2, "new": 3}, {"key": "pool", "new": "small"}]
    } == json.loads(capsys.readouterr().out)


def test_diff_with_a_newer_template(orders, capsys) -> None:
    """What an upgrade would change."""
    before = (orders / "orders.dag.yaml").read_text()

    assert 1 == main(["dag", "diff", "orders", "batch@2"])
    assert "  ~ template: batch@1 → batch@2\n" in capsys.readouterr().out
    assert before == (orders / "orders.dag.yaml").read_text()


@pytest.mark.usefixtures("orders")
def test_an_upgraded_dag_does_the_same(capsys) -> None:
    """Of what Airflow stores, the template's name differs, and nothing that a task is told."""
    given = Namespace(path="orders", to=None, dry_run=True)

    assert 0 == difference.upgrade(given)

    changed = capsys.readouterr().out.partition("The DAG:\n")[2].splitlines()[:-1]
    assert ["  ~ doc_md.12: | template | `batch@1` | → | template | `batch@2` |"] == changed


def test_diff_of_dags_names_the_task(orders, capsys) -> None:
    """Where a value that counts differs, the task that has it is told."""
    other = shutil.copytree(orders, orders.parent / "elsewhere" / "orders")
    file = Path(other, "orders.dag.yaml")
    file.write_text(file.read_text().replace("max_quarantined: 20%", "max_quarantined: 7%"))

    assert 1 == difference.diff(
        Namespace(old="orders", new="elsewhere/orders", environment="", output_format="text")
    )

    assert "  ~ tasks.verify.__var.max_quarantined: 0.2 → 0.07\n" in capsys.readouterr().out


def test_editors_check_the_file_by_the_schema_of_the_new_version(orders, tmp_path, capsys) -> None:
    """The line that names the schema goes over with `template`, and the schema is made beside the old one."""
    (tmp_path / ".schemas").mkdir()
    file = orders / "orders.dag.yaml"
    file.write_text(f"# yaml-language-server: $schema=../.schemas/batch@1.json\n{START}")

    assert 0 == main(["dag", "upgrade", "orders", "--dry-run"])
    assert [] == list((tmp_path / ".schemas").iterdir())
    assert 0 == main(["dag", "upgrade", "orders"])

    assert file.read_text().startswith("# yaml-language-server: $schema=../.schemas/batch@2.json\n")
    assert "batch@2" in json.dumps(json.loads((tmp_path / ".schemas" / "batch@2.json").read_text()))
    assert capsys.readouterr().out.endswith(
        "orders/orders.dag.yaml is changed.\n.schemas/batch@2.json is new.\n"
    )


@pytest.mark.parametrize("address", ["../schemas/all.json", "https://example.com/batch.json"])
def test_a_schema_of_another_name_stays(orders, address) -> None:
    """It isn't known what it is of."""
    file = orders / "orders.dag.yaml"
    file.write_text(f"# yaml-language-server: $schema={address}\n{START}")

    assert 0 == main(["dag", "upgrade", "orders"])

    assert file.read_text().startswith(f"# yaml-language-server: $schema={address}\n")


def test_an_upgrade_that_was_interrupted_is_finished(orders, capsys) -> None:
    """What is left of it is one file, which a dry run leaves."""
    file = orders / "orders.dag.yaml"
    file.write_text(START)
    Together(orders / ".orders.dag.yaml.upgrade").decide({file: START.replace("@1", "@2")})

    assert 0 == main(["dag", "upgrade", "orders", "--dry-run"])
    assert "was interrupted: it would be finished." in capsys.readouterr().out
    assert START == file.read_text()
    assert 2 == main(["lint", "orders"])
    assert (
        ".orders.dag.yaml.upgrade: warning: an upgrade was interrupted while files were replaced. "
        "Type `airflow-dataops dag upgrade orders` again."
    ) in capsys.readouterr().out
    assert 0 == main(["dag", "upgrade", "orders"])

    assert (
        "An upgrade of orders/orders.dag.yaml was interrupted: it is finished.\n"
        "orders/orders.dag.yaml is changed.\n"
    ) == capsys.readouterr().out
    assert START.replace("@1", "@2") == file.read_text()
    assert [] == list(orders.glob(".*"))


@pytest.mark.parametrize("left", [None, "{", '{"orders.dag.yaml": 1}', "[1]"])
def test_what_somebody_wrote_since_is_kept(orders, left, capsys) -> None:
    """One line says so, and a file that is no such change is none."""
    file, decided = orders / "orders.dag.yaml", orders / ".orders.dag.yaml.upgrade"
    Together(decided).decide({file: START})
    file.write_text(text := f"{START}retries: 7\n")
    if left:
        decided.write_text(left)

    assert 3 == main(["dag", "upgrade", "orders"])

    said = capsys.readouterr().err
    assert (
        f"{decided}: it is no change that was decided. Nothing was changed; remove it."
        if left
        else "it was changed after an upgrade of it had been interrupted. Nothing was changed; remove "
    ).removeprefix(f"{orders.parent}/") in said
    assert text == file.read_text()

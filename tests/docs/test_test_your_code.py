"""The page on tests of a team's SQL, taken step by step on a copy of the sample."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main, parser
from airflow_dataops.documents.examples.keys import ExampleKeys, ExamplesKeys
from airflow_dataops.documents.yaml.complaints import keys_of

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "howto" / "test-your-code.md").read_text(encoding="utf-8")
YAML = re.compile(r"^```yaml\n(.*?)```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n\$ (.*?)\n(.*?)```", re.DOTALL | re.MULTILINE)
BASH = re.compile(r"^```bash\n(.*?)```", re.DOTALL | re.MULTILINE)
CHANGE = re.compile(r"`(coalesce\([^`]*)` becomes `(\w+)`")
TOOK = re.compile(r"[0-9.]+ (ms|s)$", re.MULTILINE)


@pytest.fixture
def orders(tmp_path, monkeypatch) -> Path:
    """A folder with a copy of the sample, to which the page adds a file."""
    sample = PROJECT / "dag_templates" / "batch" / "orders"
    shutil.copytree(sample, tmp_path / "orders")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "orders"


def test_the_commands_print_what_the_page_shows(orders, capsys) -> None:
    """The first finds all well, the second what somebody has changed; only how long it took is another."""
    found, _ = YAML.findall(TEXT)
    (orders / "tests" / "discounts.yaml").write_text(found)
    well, changed = CONSOLE.findall(TEXT)
    (before, after), sql = CHANGE.findall(TEXT)[0], orders / "transform.sql"
    assert before in sql.read_text()
    for (command, expected), code in ((well, 0), (changed, 1)):
        assert code == main(shlex.split(command)[1:])
        printed = TOOK.sub("9 ms", capsys.readouterr().out)
        shown = TOOK.sub("9 ms", expected.removesuffix("…\n"))
        assert printed.startswith(shown)
        assert "…" in expected or printed == shown
        sql.write_text(sql.read_text().replace(before, after))


def test_the_sql_of_the_page_fails_as_it_says(orders, capsys) -> None:
    """A team's own `error` is what `fails` waits for."""
    _, found = YAML.findall(TEXT)
    for file in (orders / "tests").iterdir():
        file.unlink()
    (orders / "tests" / "unknown.yaml").write_text(found)
    sql = orders / "transform.sql"
    sql.write_text(
        sql.read_text().replace(
            "        status,",
            "        CASE WHEN status = 'lost' THEN error('there is no status ' || status) ELSE status END"
            " AS status,",
        )
    )

    assert main(["test", "orders"]) == 0, capsys.readouterr()


@pytest.mark.parametrize("model", [ExampleKeys, ExamplesKeys], ids=lambda model: model.__name__)
def test_the_page_names_every_key(model) -> None:
    """Each has a row of its own in the table."""
    assert [] == [key for key in keys_of(model) if f"| `{key}` |" not in TEXT]


def test_the_other_commands_are_ones_that_there_are() -> None:
    """Commands on files that the page doesn't show are at least understood."""
    (command,) = BASH.findall(TEXT)
    parser().parse_args(shlex.split(command)[1:])

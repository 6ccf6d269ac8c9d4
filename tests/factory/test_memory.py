"""What is remembered of a pipeline file is what reading it anew would say, or nothing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.pipeline import files as named
from airflow_dataops.documents.yaml import reader, text
from airflow_dataops.errors import DocumentError
from airflow_dataops.factory import dags, memory

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"
LOOKING = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: kind
        logicalType: string
        relationships: [{to: ../kinds/kinds.odcs.yaml#schema/kinds/properties/name}]
"""
KINDS = """\
apiVersion: v3.1.0
kind: DataContract
id: kinds
version: 1.0.0
status: active
schema:
  - name: kinds
    id: kinds
    properties:
      - {name: name, id: name, logicalType: string, required: true}
"""
FEED = "def build(product, params): ...\n"
PARAMS = "from pydantic import BaseModel\nclass Params(BaseModel): ...\n"


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The names of the pipeline files that were read, and not recalled."""
    found: list[str] = []
    really = dags._read

    def noted(pipeline: Path, *args: object, **kwargs: object) -> object:
        found.append(pipeline.name)
        return really(pipeline, *args, **kwargs)

    monkeypatch.setattr(dags, "_read", noted)
    return found


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An Airflow home without a memory."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def pipeline(home, tmp_path) -> Path:  # noqa: ARG001 - it is set
    """The pipeline file of the sample, which is ours to change."""
    return shutil.copytree(SAMPLE, tmp_path / "dags" / "orders") / "orders.dag.yaml"


def test_what_is_recalled_is_what_was_read(pipeline, reads) -> None:
    """The product, where it lies, and where each key stands."""
    first, second = dags.read(pipeline), dags.read(pipeline)

    assert first == second
    assert ["orders.dag.yaml"] == reads


def append(name: str, text: str = "# changed\n") -> Callable[[Path], None]:
    """Return what adds a line to a file of the product, or makes the file."""

    def change(folder: Path) -> None:
        with (folder / name).open("a") as file:
            file.write(text)

    return change


CHANGES = {
    "the pipeline file": append("orders.dag.yaml"),
    "the contract": append("orders.odcs.yaml"),
    "the landing's contract": append("orders_landing.odcs.yaml"),
    "the SQL": append("transform.sql", "\n"),
    "defaults beside it": append("defaults.yaml", "root: true\n"),
    "defaults above it": append("../defaults.yaml", "retries: 3\n"),
    "a checkout that ends above it": lambda folder: (folder / ".git").mkdir(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_read(change, pipeline, reads) -> None:
    """Of whatever was read, and of what was looked for and not there."""
    dags.read(pipeline)
    change(pipeline.parent)

    dags.read(pipeline)
    dags.read(pipeline)

    assert 2 == len(reads)


def test_one_checkout_of_a_product_is_remembered(pipeline, tmp_path, reads, home) -> None:
    """The memory doesn't grow with every version of a DAG bundle."""
    other = (
        shutil.copytree(tmp_path / "dags", tmp_path / "v2" / "a" / "b" / "dags") / "orders" / pipeline.name
    )
    moved = tmp_path / "v1" / "a" / "b" / "dags"
    moved.parent.mkdir(parents=True)
    (tmp_path / "dags").rename(moved)
    for file in (moved / "orders" / pipeline.name, other):
        assert str(file.parent) == str(dags.read(file).folder)

    assert 2 == len(reads)
    assert 1 == len(list((home / "dataops" / "read").iterdir()))


def test_every_environment_is_remembered_apart(pipeline, reads, monkeypatch) -> None:
    """With its overlay, also where that comes later."""
    found = []
    for retries in ("", "retries: 9\n"):
        for environment in ("test", "prod"):
            monkeypatch.setenv("AIRFLOW__DATAOPS__ENVIRONMENT", environment)
            found.append(dags.read(pipeline).product.tasks.retries)
        if not retries:
            (pipeline.parent / "orders.dag.prod.yaml").write_text("retries: 9\n")

    assert [2, 2, 2, 9] == found
    assert 3 == len(reads)


@pytest.mark.parametrize("module", ["v1.py", "params_v1.py"])
@pytest.mark.usefixtures("home")
def test_a_template_is_part_of_it(module, tmp_path, reads, monkeypatch) -> None:
    """What it takes may have changed."""
    folder = tmp_path / "templates" / "feed"
    folder.mkdir(parents=True)
    (folder / "v1.py").write_text(FEED)
    (folder / "params_v1.py").write_text(PARAMS)
    monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", str(folder.parent))
    pipeline = tmp_path / "x.dag.yaml"
    pipeline.write_text("template: feed@1\nname: x\n")
    dags.read(pipeline)
    dags.read(pipeline)
    assert 1 == len(reads)

    append(module)(folder)
    dags.read(pipeline)

    assert 2 == len(reads)


def test_other_code_reads_anew(pipeline, reads) -> None:
    """Whatever another version made of the file."""
    dags.read(pipeline)
    memory.code.cache_clear()
    source = Path(memory.__file__)
    said = source.stat()
    os.utime(source, ns=(said.st_atime_ns, said.st_mtime_ns + 1))
    try:
        dags.read(pipeline)
    finally:
        os.utime(source, ns=(said.st_atime_ns, said.st_mtime_ns))
        memory.code.cache_clear()

    assert 2 == len(reads)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"code": 1, "made_of": []}', "\0"])
def test_what_is_no_memory_is_passed_over(text, pipeline, home, reads) -> None:
    """A file that somebody else wrote, or half of one."""
    first = dags.read(pipeline)
    (file,) = (home / "dataops" / "read").iterdir()
    file.write_text(text)

    assert first == dags.read(pipeline)
    assert 2 == len(reads)


def test_a_product_that_no_version_of_ours_wrote_is_passed_over(pipeline, home, reads) -> None:
    """It must be a product, whatever its digests say."""
    first = dags.read(pipeline)
    (file,) = (home / "dataops" / "read").iterdir()
    known = json.loads(file.read_text())
    file.write_text(json.dumps(known | {"product": {"name": 7}}))

    assert first == dags.read(pipeline)
    assert 2 == len(reads)


def test_what_is_wrong_is_an_error_every_time(pipeline) -> None:
    """It is never remembered, and what was right before is forgotten."""
    dags.read(pipeline)
    (pipeline.parent / "orders.odcs.yaml").write_text("apiVersion: v3.1.0\n")

    for _ in range(2):
        with pytest.raises(DocumentError, match=r"orders\.odcs\.yaml"):
            dags.read(pipeline)


def test_nothing_is_remembered_of_what_looks_at_other_products(pipeline, reads) -> None:
    """Which product publishes a dataset is seen in folders whose files aren't all read."""
    (pipeline.parent / "orders.odcs.yaml").write_text(LOOKING)
    kinds = pipeline.parent.parent / "kinds"
    kinds.mkdir()
    (kinds / "kinds.odcs.yaml").write_text(KINDS)
    pipeline.write_text("template: batch@1\nsource: {folder: drops, path: '{partition}.csv'}\n")

    for _ in range(2):
        dags.read(pipeline)

    assert 2 == len(reads)


def test_a_home_that_can_not_be_written_has_no_memory(pipeline, home, reads) -> None:
    """A DAG is read all the same."""
    home.write_text("this is no folder")

    assert dags.read(pipeline) == dags.read(pipeline)
    assert 2 == len(reads)


def test_a_file_that_is_changed_while_it_is_read_is_not_remembered(pipeline, reads, monkeypatch) -> None:
    """It is read for what it says and for its digest; half of each is remembered nowhere."""
    contract = pipeline.with_name("orders.odcs.yaml")
    really = text.read_bytes

    def changed(path: str | Path) -> bytes:
        content = really(path)
        if Path(path).name == contract.name and "# more" not in contract.read_text():
            contract.write_text(f"{contract.read_text()}# more\n")
        return content

    for module in (reader, named):
        monkeypatch.setattr(module, "read_bytes", changed)
    dags.read(pipeline)
    dags.read(pipeline)
    dags.read(pipeline)

    assert [pipeline.name] * 2 == reads


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", "[" * 100_000, '{"a":' * 100_000, "\0"])
def test_a_memory_that_is_damaged_is_none(pipeline, home, reads, content) -> None:
    """What was read anew takes its place."""
    first = dags.read(pipeline)
    (kept,) = (home / "dataops" / "read").iterdir()
    kept.write_text(content)

    assert [first, first] == [dags.read(pipeline), dags.read(pipeline)]
    assert [pipeline.name] * 2 == reads


def test_nothing_is_left_of_what_could_not_be_remembered(pipeline, home) -> None:
    """Airflow would leave another one every half minute."""
    dags.read(pipeline)
    (kept,) = (home / "dataops" / "read").iterdir()
    kept.unlink()
    kept.mkdir()

    dags.read(pipeline)

    assert [kept] == list(kept.parent.iterdir())


def test_a_file_that_comes_beside_is_looked_at(tmp_path) -> None:
    """Which files match a pattern is part of what was found."""
    from airflow_dataops.documents.yaml.text import asked_for, listed

    with asked_for() as paths:
        assert listed(tmp_path, "*.openslo.yaml") == ()
    ((path, was),) = paths.items()
    assert memory.same(path, was)
    (tmp_path / "orders.openslo.yaml").write_text("a: 1")
    assert not memory.same(path, was)

"""A product's tasks as text, as Mermaid and as a picture."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.core.graph import Graph
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.errors import SettingsError
from airflow_dataops.factory.graph import run
from airflow_dataops.render.graph import graph_svg

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = str(ours() / "batch" / "orders")
SVG = "{http://www.w3.org/2000/svg}"

TEXT = """\
land       LandOperator  → gate
gate       GateOperator  → announce, verify
verify     VerifyOperator  → transform
transform  TransformOperator  → audit
audit      AuditOperator  → publish
publish    PublishOperator  → announce
announce   AnnounceOperator
"""


def drawn(output: Path | None = None, *, sample: str = SAMPLE) -> Namespace:
    """Return what the command is told."""
    return Namespace(path=sample, environment="", output=output and str(output), force=False)


def test_text_names_each_task_and_what_follows(capsys) -> None:
    """One line a task, in their order."""
    assert 0 == run(drawn())
    assert TEXT == capsys.readouterr().out


def test_mermaid_has_every_edge(tmp_path) -> None:
    """Those that a longer way implies are dotted."""
    run(drawn(tmp_path / "o.mmd"))

    lines = (tmp_path / "o.mmd").read_text().splitlines()
    assert "flowchart LR" == lines[0]
    assert {"  t0 --> t1", "  t1 -.-> t6", "  t5 --> t6"} <= set(lines)


@pytest.mark.parametrize(
    ("template", "sample"),
    [
        ("batch", "orders"),
        ("contract_scan", "orders_scan"),
        ("maintenance", "dataops_maintenance"),
        ("slo_monitor", "dataops_slo_monitor"),
        ("partner", "prices_north"),
        ("sql", "revenue"),
    ],
)
def test_the_picture_of_the_page_is_that_of_the_sample(tmp_path, template, sample) -> None:
    """Where the template changes, it is drawn anew."""
    run(drawn(tmp_path / "o.svg", sample=str(ours() / template / sample)))

    assert (ours() / template / "graph.svg").read_text() == (tmp_path / "o.svg").read_text()


def test_nothing_lies_over_anything_else() -> None:
    """Boxes are apart and inside the picture, and names are text, not markup."""
    tasks = dict.fromkeys(["a<b>&", "second", "a_rather_long_name_of_a_task", "d", "e"], "PythonOperator")
    names = list(tasks)
    edges = tuple((one, other) for at, one in enumerate(names) for other in names[at + 1 :] if other != "d")

    root = ET.fromstring(graph_svg(Graph(tasks, edges), title="a & b"))  # noqa: S314 - we have just written it

    wide, high = map(float, root.attrib["viewBox"].split()[2:])
    boxes = [
        [float(rect.attrib[key]) for key in ("x", "y", "width", "height")] for rect in root.iter(f"{SVG}rect")
    ]
    assert len(tasks) == len(boxes)
    for at, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x < x + w <= wide
        assert 0 <= y < y + h <= high
        for left, top, width, height in boxes[at + 1 :]:
            assert x + w <= left or left + width <= x or y + h <= top or top + height <= y
    assert names == [text.text for text in root.iter(f"{SVG}text") if "class" not in text.attrib]
    assert "a & b" == root.findtext(f"{SVG}title")


def test_an_output_without_a_form_is_refused(tmp_path) -> None:
    """Its name says what to draw."""
    with pytest.raises(SettingsError, match=re.escape("Let it end in .svg, .mmd, .txt.")):
        run(drawn(tmp_path / "o.png"))


def test_the_console_program_says_where_it_is(capsys) -> None:
    """It loads no Airflow, so it can't build a DAG."""
    assert 3 == main(["dag", "graph", "orders"])
    assert (
        "orders: a graph needs the built DAG, and so Airflow. Say: airflow dataops dag graph orders\n"
        == capsys.readouterr().err
    )

from __future__ import annotations

from airflow_dataops.documents.pipeline.params import params_of
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.reader import read


def test_params_are_plain_json(tmp_path) -> None:
    """What goes to a template is what JSON holds, with nothing of YAML's own reading of words."""
    file = tmp_path / "a.dag.yaml"
    file.write_text(
        "params: {share: 0.2, count: 3, big: 1e3, text: 20%, on: on, off: false,\n"
        "         none: null, list: [1, {a: b}]}\n"
    )

    assert {
        "share": 0.2,
        "count": 3,
        "big": 1000.0,
        "text": "20%",
        "on": "on",
        "off": False,
        "none": None,
        "list": [1, {"a": "b"}],
    } == params_of(read(file).root, "params", Findings())

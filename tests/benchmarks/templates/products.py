"""1,000 products, once with a pipeline file and a stub each, once as DAG files that a person writes."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
STUB = """\
# An Airflow DAG: the pipeline file beside it says what it does.
from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
"""
FACTORY_STUB = """\
# An Airflow DAG: the file beside it says what it does.
from pathlib import Path

from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), config_filepath=str(Path(__file__).with_name("{name}.yaml")))
"""
TASKS = ("land", "gate", "verify", "transform", "audit", "publish", "announce")
"""Of a DAG that another tool can make as well: one after the other, each does nothing."""


def name_of(number: int) -> str:
    """Return what a product is called."""
    return f"p{number:04}"


def write(folder: Path, count: int) -> None:
    """Write all of them.

    `ours` and `hand` are the same DAGs of batch@1; `plain`, `bash` and `factory` the same DAGs of plain
    operators, of which a person writes `bash`.

    Args:
        folder: Where they go.
        count: How many.
    """
    tasks = "".join(_task(at) for at in range(len(TASKS)))
    texts = {file.name: file.read_text() for file in (HERE / "product").iterdir()}
    for number in range(count):
        name = name_of(number)
        files = {
            f"ours/{name}/dag.py": STUB,
            f"ours/{name}/{name}.dag.yaml": texts["pipeline.yaml"],
            f"ours/{name}/{name}.odcs.yaml": texts["contract.yaml"],
            f"hand/{name}/dag.py": texts["by_hand.txt"],
            f"bash/{name}/dag.py": texts["plain_by_hand.txt"],
            f"plain/{name}/dag.py": STUB,
            f"plain/{name}/{name}.dag.yaml": texts["plain.yaml"],
            f"factory/{name}/dag.py": FACTORY_STUB.format(name=name),
            f"factory/{name}/{name}.yaml": texts["factory.yaml"] + tasks,
        }
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("NAME", name))


def _task(at: int) -> str:
    after = f"\n      dependencies: [{TASKS[at - 1]}]" if at else ""
    return (
        f"    - task_id: {TASKS[at]}\n"
        "      operator: airflow.providers.standard.operators.bash.BashOperator\n"
        f'      bash_command: "true"{after}\n'
    )

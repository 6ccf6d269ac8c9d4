"""A product's folder -> its DAG."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import DAG

from airflow_dataops.errors import DataOpsError, DocumentError, Problem

if TYPE_CHECKING:
    from typing import NoReturn


def load_dag(file: str) -> DAG:
    """Return the DAG of the product in whose folder a file lies.

    A product that is wrong comes back as a DAG that Airflow refuses: the import error is then one line for
    each problem, with file:line:column and a hint, and no traceback.

    Args:
        file: The `__file__` of the folder's `dag.py`.
    """
    folder = Path(file).resolve().parent
    try:
        return build(folder)
    except DataOpsError as error:
        # In a test or a shell there is no Airflow that asks the DAG to validate itself.
        warnings.warn(str(error), stacklevel=2)
        return RefusedDag(folder.name, error)


def build(folder: Path) -> DAG:
    """Return the DAG of the product in a folder.

    Raises:
        DocumentError: If a file of the product is wrong.
    """
    from airflow_dataops.documents.pipeline import read_product
    from airflow_dataops.documents.shelf import module
    from airflow_dataops.documents.template import params_model

    product, _ = read_product(str(_pipeline_file(folder)))
    params = params_model(f"{product.template}@{product.template_version}").model_validate(product.params)
    built: DAG = module(product.template, f"v{product.template_version}").build(product, params)
    return built


def _pipeline_file(folder: Path) -> Path:
    from airflow_dataops.documents.pipeline_keys import PIPELINES

    found = sorted(folder.glob(PIPELINES))
    if len(found) == 1:
        return found[0]
    what = f"there is no `{PIPELINES}`" if not found else f"there are {len(found)} files `{PIPELINES}`"
    raise DocumentError((Problem(str(folder), what, "A product's folder holds one."),))


class RefusedDag(DAG):
    """A product that can't run: where Airflow has a DAG validate itself, it says what is wrong."""

    def __init__(self, dag_id: str, error: DataOpsError) -> None:
        super().__init__(dag_id=dag_id)
        self.error = error

    def validate(self) -> NoReturn:
        """Say what is wrong.

        Raises:
            DataOpsError: Always.
        """
        raise self.error

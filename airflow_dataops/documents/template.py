"""The template that a pipeline file names, and whether it takes the file's parameters. Airflow isn't loaded.

What a version takes is its model `Params`, which lies beside it: `params_v1.py` for `v1.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from airflow_dataops.documents.complaints import complaints
from airflow_dataops.documents.shelf import module, names

if TYPE_CHECKING:
    from pydantic import BaseModel

    from airflow_dataops.documents.findings import Findings
    from airflow_dataops.documents.pipeline_keys import PipelineKeys


def check_template(keys: PipelineKeys, params: dict[str, object], *, findings: Findings) -> None:
    """Note it when there is no such template, or when it doesn't take the parameters.

    Args:
        keys: The keys of the pipeline file.
        params: Its parameters, as `params_of` returns them.
        findings: Where problems go.
    """
    if keys.template is None:
        return
    if keys.template not in names():
        there = f"There is: {', '.join(names())}."
        findings.error(keys.at("template"), f"there is no template `{keys.template}`", there)
        return
    model = params_model(keys.template)
    try:
        model.model_validate(params)
    except ValidationError as error:
        places = {path: str(place) for path, place in keys.node.places()}
        findings.errors.extend(complaints(error, model, places=places, below="params"))


def params_model(template: str) -> type[BaseModel]:
    """Return the model of what a template version takes under `params`.

    Args:
        template: One of the names on the shelf, such as `batch@1`.
    """
    name, _, version = template.partition("@")
    found: type[BaseModel] = module(name, f"params_v{version}").Params
    return found

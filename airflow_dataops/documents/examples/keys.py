"""The keys of a file of tests, with their types."""

from __future__ import annotations

from pydantic import BaseModel

from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.scalar import Flag, Name, Names


class ExampleKeys(Keys, BaseModel):
    """One test. What stands under `given` and `expect` are rows, whose keys are columns."""

    name: Name
    partition: Name | None = None
    given: object = None
    expect: object = None
    exact: Flag | None = None
    ordered: Flag | None = None
    breaks: Names | None = None
    fails: Name | None = None


class ExamplesKeys(Keys, BaseModel):
    """A file of tests."""

    defaults: object = None
    tests: tuple[ExampleKeys, ...]

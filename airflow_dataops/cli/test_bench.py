"""Where the SQL of a product is tested: the rows of its tests get their types, then each test is run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.text import read_text
from airflow_dataops.usecases.contracts.rehearse import rehearse
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset
    from airflow_dataops.core.difference import Values
    from airflow_dataops.core.example import Example, Row
    from airflow_dataops.core.rehearsal import Rehearsal
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.engines.sql.duckdb.texts import DuckTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The tests of one product.

    Args:
        product: The product.
        landing: The dataset that its SQL reads.
        published: The dataset that its SQL makes.
        schema: The pandera schema that the result must keep as well, as its file is found; or empty.
        examples: The tests.
    """

    product: Definition
    landing: Dataset
    published: Dataset
    schema: str
    examples: tuple[Example, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """What the product promises."""
        return derive(self.published, schema=self.schema)


def rehearsals(suite: Suite, folder: Path, findings: Findings, *, limit: TimeLimit) -> Iterator[Rehearsal]:
    """Yield what each test came to; none is run where a value of one is not of its type.

    Args:
        suite: The tests.
        folder: A folder for what is written on the way.
        findings: Where values of another type go.
        limit: How long SQL may take.

    Raises:
        BrokenWorldError: If rows can't be read or written.
    """
    settings = Settings(store_url="", zones_path=str(folder), lake_path=str(folder), time_limit=limit)
    checks, place = suite.checks, suite.product.path(suite.product.product.transform)
    sql = read_text(place)
    given, made = (
        [str(folder / f"{what}-{at}.parquet") for at, _ in enumerate(suite.examples)]
        for what in ("given", "made")
    )
    with engines.bench(settings, str(folder.resolve())) as (engine, desk):
        expected = []
        for example, file in zip(suite.examples, given, strict=True):
            _typed(example.given, suite.landing.columns, desk, findings, into=file)
            columns = _columns(suite.published, example)
            expected.append(_typed(example.expect or (), columns, desk, findings))
        if findings.errors:
            return
        for at, example in enumerate(suite.examples):
            started = time.perf_counter()
            found = rehearse(
                example,
                given=Staged(given[at]),
                expected=expected[at],
                sql=sql,
                place=place,
                dataset=suite.published,
                checks=checks,
                into=made[at],
                texts=partial(desk.texts, columns=_columns(suite.published, example)),
                engine=engine,
            )
            yield replace(found, seconds=time.perf_counter() - started)


def _columns(dataset: Dataset, example: Example) -> tuple[Column, ...]:
    """Return the columns that a test compares, in its order."""
    known = {column.name: column for column in dataset.columns}
    return tuple(known[name] for name in example.columns)


def _typed(
    rows: Sequence[Row], columns: Sequence[Column], desk: DuckTexts, findings: Findings, *, into: str = ""
) -> tuple[Values, ...]:
    """Return the values of rows in the types of their columns; note each that is of another one."""
    written = [tuple(row.values.get(column.name) for column in columns) for row in rows]
    found = desk.typed(written, columns, into=into)
    for row, texts, values in zip(rows, written, found, strict=True):
        for column, text, value in zip(columns, texts, values, strict=True):
            if value is None and text is not None:
                what = f"`{shown(column.name)}` must be of the type {column.type}, it is `{shown(text)}`"
                findings.error(row.places[column.name], what)
    return found

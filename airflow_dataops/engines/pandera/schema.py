"""A team's schema, made ready to be asked, if it leaves the rows as they are."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.engines.pandera.library import Library, Part

LIBRARIES = {"pandera.api.pandas": "pandas", "pandera.api.polars": "polars"}
"""Where pandera's schemas are at home -> the library whose frames they judge."""

WARNS = "dataops_warns"
"""The attribute of a check that was written with `raise_warning`."""

REFUSED: tuple[tuple[str, Callable[[Part], object], str], ...] = (
    (
        "drops invalid rows",
        lambda part: getattr(part, "drop_invalid_rows", False),
        "Leave `drop_invalid_rows` out: bad rows go to quarantine.",
    ),
    (
        "changes values (`parsers`)",
        lambda part: getattr(part, "parsers", None),
        "Change them in transform.sql: what goes on are the rows that were judged.",
    ),
    (
        "changes values (`default`)",
        lambda part: getattr(part, "default", None) is not None,
        "Change them in transform.sql: what goes on are the rows that were judged.",
    ),
    (
        "adds columns (`add_missing_columns`)",
        lambda part: getattr(part, "add_missing_columns", False),
        "Add them in transform.sql: what goes on are the rows that were judged.",
    ),
    (
        "describes an index",
        lambda part: getattr(part, "index", None) is not None,
        "The rows of a batch have none: describe columns.",
    ),
)
"""What a schema does that can't be, how that is seen on one of its parts, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of pandera that is ready.

    Args:
        main: The schema, a copy of the team's own, whose checks warn no more but name all rows.
        beside: Schemas that hold what pandera would pass over in the main one.
        library: The library of its frames.
    """

    main: Part
    beside: tuple[Part, ...]
    library: Library


def schema_of(found: object, *, place: str) -> Schema:
    """Return a model or a schema object of pandera, ready.

    Args:
        found: What a team wrote.
        place: Where, for messages.

    Raises:
        NotEvaluatedError: If it is no schema of pandas or polars, or one that can't be.
        SettingsError: If its library isn't installed.
    """
    written = _written(found, place=place)
    home = _home(written)
    if home is None:
        raise NotEvaluatedError(
            "it is no schema of pandera for pandas or polars",
            where=place,
            hint="Name a DataFrameModel or a DataFrameSchema of pandera.pandas or pandera.polars.",
        )
    main = copy.deepcopy(written)
    for part in _parts(main):
        for what, is_so, hint in REFUSED:
            if is_so(part):
                raise NotEvaluatedError(f"the schema {what}", where=place, hint=hint)
        for check in getattr(part, "checks", None) or ():
            setattr(check, WARNS, check.raise_warning)
            check.raise_warning = False  # a warning of pandera quotes values, and names no rows
            check.n_failure_cases = None
    return Schema(main, _several_keys(main), library_of(home))


def library_of(home: str) -> Library:
    """Return what is known of the library of a schema: pandas is loaded for its own schemas alone.

    Raises:
        SettingsError: If it isn't installed.
    """
    if home == "pandas":
        from airflow_dataops.engines.pandera.of_pandas import PANDAS

        return PANDAS
    from airflow_dataops.engines.pandera.of_polars import POLARS

    return POLARS


def _written(found: object, *, place: str) -> object:
    """Return the schema that a class-based model stands for."""
    if not isinstance(found, type) or not hasattr(found, "to_schema"):
        return found
    try:
        return found.to_schema()
    except Exception as error:  # noqa: BLE001 - a model may be wrong in many ways
        name = type(error).__name__
    raise NotEvaluatedError(
        f"pandera can't read the model ({name})", where=place, hint="Validate a frame by it."
    )


def _home(schema: object) -> str | None:
    """Return the library of a schema object; a schema of a single column has none here."""
    if not hasattr(schema, "columns"):
        return None
    modules = [base.__module__ for base in type(schema).__mro__]
    return next(
        (
            library
            for home, library in LIBRARIES.items()
            if any(module == f"{home}.container" for module in modules)
        ),
        None,
    )


def _parts(schema: Part) -> Iterator[Part]:
    yield schema
    yield from schema.columns.values()


def _several_keys(schema: Part) -> tuple[Part, ...]:
    """Take several sets of unique columns apart: pandera looks no further than the first that is broken."""
    keys = schema.unique or []
    if not keys or isinstance(keys, str) or all(isinstance(key, str) for key in keys):
        return ()
    schema.unique = None
    how = {"report_duplicates": schema.report_duplicates} if hasattr(schema, "report_duplicates") else {}
    return tuple(type(schema)(unique=list(key), **how) for key in keys)

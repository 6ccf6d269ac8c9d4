"""The kinds of databases in which rows can be judged, by the type of an Airflow connection."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.hooked.system import System
from airflow_dataops.errors import DataOpsError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

GROUP = "airflow_dataops.engines"
"""The group of entry points by which other packages add theirs: connection type = what returns its System."""


def _sqlite() -> System:
    from airflow_dataops.engines.sql.sqlite.system import SQLITE

    return SQLITE


def _mysql() -> System:
    from airflow_dataops.engines.sql.mariadb.system import mariadb

    return mariadb()


SYSTEMS: dict[str, Callable[[], System]] = {"mysql": _mysql, "sqlite": _sqlite}
"""Type of a connection -> what loads its kind of database."""


def kinds() -> tuple[str, ...]:
    """Return the types of connections whose tables can be judged."""
    return tuple(sorted({*SYSTEMS, *(found.name for found in entry_points(group=GROUP))}))


def system_of(kind: str) -> System:
    """Return the kind of database that connections of a type lead to.

    Args:
        kind: The type of the connection, as Airflow calls it.

    Raises:
        SettingsError: If there is none, what it needs is not installed, or another package's can't be loaded.
    """
    try:
        if kind in SYSTEMS:
            return SYSTEMS[kind]()
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the module `{error.name}` is not installed",
            hint=f"Install `airflow-provider-dataops[{kind}]` where tasks run.",
        ) from None
    for found in entry_points(group=GROUP, name=kind):
        return _loaded(found)
    raise SettingsError(
        f"tables of connections of the type `{kind}` can't be judged",
        hint=f"Use one of {', '.join(kinds())}.",
    )


def _loaded(found: EntryPoint) -> System:
    """Return the kind of database that an entry point of another package leads to."""
    try:
        made = found.load()()
    except DataOpsError:
        raise
    except (ImportError, AttributeError) as error:  # their texts say what is missing
        what = f"can't be loaded ({type(error).__name__}: {error})"
    except Exception as error:  # noqa: BLE001 - whatever another package raises
        what = f"can't be loaded ({type(error).__name__})"
    else:
        if isinstance(made, System):
            return made
        what = f"leads to what returns a {type(made).__name__}, and a System is needed"
    raise SettingsError(
        f"the entry point {what}",
        where=f"{GROUP}: {found.name} = {found.value}",
        hint="Mend the package that has it, or remove it: docs/howto/own-engine.md says what is needed.",
    )

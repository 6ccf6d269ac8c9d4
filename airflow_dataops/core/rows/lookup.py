"""Where the other datasets lie that rules look at, as a task says it -> the address of each one's table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from airflow_dataops.core.product import Target
from airflow_dataops.errors import SettingsError

KEYS = frozenset({"path", "conn_id", "table"})
"""What says where a table is, with the words of a pipeline file."""

TABLE = re.compile(r"\w+\.\w+")
"""What looks like schema.table, and says nothing of the database."""

POSTGRES = "postgres://"
ADDRESS = re.compile(rf"{POSTGRES}[^/]+/[^/]+")
TEMPLATE = "{{"
FORMS = 'Write {"path": …}, or {"conn_id": …, "table": …}; or `postgres://conn_id/schema.table`, or a path.'


def addresses(given: object) -> dict[str, str]:
    """Return what each other dataset is called -> the address of its table.

    Args:
        given: Name -> address, which is a path or `postgres://conn_id/schema.table`; or name -> mapping with
            `path`, or with `conn_id` and `table`; or, as in a pipeline file, a list of such mappings, each
            with the name under `dataset`.

    Raises:
        SettingsError: If it is none of these.
    """
    if not given:
        return {}
    if isinstance(given, Mapping):
        return {str(name): _address(str(name), place) for name, place in given.items()}
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise SettingsError("`lookups` is neither a mapping nor a list", hint=FORMS)
    found: dict[str, str] = {}
    for one in given:
        if not isinstance(one, Mapping) or not one.get("dataset"):
            hint = 'Such as [{"dataset": "customers", "conn_id": "warehouse", "table": "mart.customers"}].'
            raise SettingsError("each of a list of `lookups` names its `dataset`", hint=hint)
        name = str(one["dataset"])
        if name in found:
            raise SettingsError(f"`lookups` names `{name}` twice", hint="Leave one of them out.")
        found[name] = _address(name, {key: value for key, value in one.items() if key != "dataset"})
    return found


def _address(name: str, place: object) -> str:
    if isinstance(place, str):
        return _written(name, place)
    if not isinstance(place, Mapping) or not place.keys() <= KEYS or not all(place.values()):
        raise SettingsError(f"`lookups` doesn't say where `{name}` lies", hint=FORMS)
    match sorted(place):
        case ["path"]:
            return str(place["path"])
        case ["conn_id", "table"]:
            return Target(type="postgres", table=str(place["table"]), conn_id=str(place["conn_id"])).address
        case _:
            what = f"`lookups` has either a `path` or both `conn_id` and `table` for `{name}`"
            raise SettingsError(what, hint=FORMS)


def _written(name: str, address: str) -> str:
    if TEMPLATE in address:
        return address
    if TABLE.fullmatch(address):
        raise SettingsError(
            f"`lookups` doesn't say in which database `{address}` is, the table of `{name}`",
            hint=f'Write `postgres://conn_id/{address}`; or {{"path": "{address}"}} where it is a folder.',
        )
    if not address or (address.startswith(POSTGRES) and not ADDRESS.fullmatch(address)):
        raise SettingsError(f"`lookups` has no address of `{name}`: `{address}`", hint=FORMS)
    return address

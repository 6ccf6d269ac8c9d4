"""Declarations as text, and back."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from airflow_dataops.core.slo.declaration import Declaration, Stamp
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

KEYS = frozenset({"team", "product", "since"})
"""What is in columns of its own."""


@cache
def _adapter() -> TypeAdapter[Declaration]:
    return TypeAdapter(Declaration)


def written(declaration: Declaration) -> tuple[str, str]:
    """Return the digest and the body of a declaration; neither depends on when it was recorded.

    Nor does the digest on where objectives stand: a file whose lines move, or that lies in another version of
    a DAG bundle, says what it said.
    """
    body = _adapter().dump_json(declaration, exclude=set(KEYS), exclude_defaults=True)
    said = _adapter().dump_json(declaration.said, exclude=set(KEYS), exclude_defaults=True)
    return hashlib.sha256(said).hexdigest(), body.decode()


def read(body: str, *, team: str, product: str, since: datetime) -> Declaration:
    """Return a declaration.

    Raises:
        SettingsError: If a version of the code wrote it that says what this one doesn't know.
    """
    columns: dict[str, Any] = {"team": team, "product": product, "since": since}
    try:
        return _adapter().validate_python({**json.loads(body), **columns})
    except (ValidationError, ValueError):
        raise SettingsError(
            "the declaration that the store holds can't be read: a newer version wrote it",
            where=f"{team}/{product}",
            hint="Evaluate with the version of airflow-provider-dataops that builds the DAGs.",
        ) from None


def stamp(history: Sequence[tuple[str, str]], *, since: datetime) -> Stamp:
    """Return what tells whether the declarations of a product are as they were.

    Args:
        history: Digest and body of each, oldest first.
        since: From when on the last of them holds, aware.
    """
    digest = hashlib.sha256("".join(digest for digest, _ in history).encode()).hexdigest()
    bodies = [body for _, body in history]
    promises = '"objectives"' in bodies[-1]
    return Stamp(digest, _named("upstreams", bodies), promises, since, _named("reads", bodies))


def _named(what: str, bodies: Iterable[str]) -> tuple[str, ...]:
    """Return the products that what is expected names so, in any of some declarations.

    Most name none, and there are many: a body is only read where it speaks of one. Defaults aren't written.
    """
    found = {
        name
        for body in bodies
        if f'"{what}"' in body
        for name in json.loads(body).get("expectation", {}).get(what, ())
    }
    return tuple(sorted(found))

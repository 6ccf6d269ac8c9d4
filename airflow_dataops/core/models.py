"""Models: SELECTs that build on each other inside of one database, and the graph that they make."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST = 22
"""Characters of a model's name that are part of the name of its staged table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One SELECT that others may build on.

    Args:
        name: What others call it: the file's name without its ending.
        file: The file that holds it.
        refs: The models that it reads, in the order of the file.
        sources: The tables of the database that it reads, as schema.table, in the order of the file.
    """

    name: str
    file: str
    refs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def circle(models: Iterable[Model]) -> tuple[str, ...]:
    """Return the names of models that read each other in a circle, the first one again at the end; or none.

    Of each two neighbours, the first reads the second.

    Args:
        models: Models of which each ref is one of them.
    """
    known = {model.name: model for model in models}
    left = set(known) - {model.name for model in _layered(known)}
    if not left:
        return ()
    # Of what is left, each reads another one that is left: so a way through it comes back to itself.
    way = [min(left)]
    while (following := min(left.intersection(known[way[-1]].refs))) not in way:
        way.append(following)
    names = way[way.index(following) :]
    first = names.index(min(names))
    return (*names[first:], *names[:first], names[first])


def ordered(models: Iterable[Model]) -> tuple[Model, ...]:
    """Return models so that each stands after those that it reads; as early as it can, then by name.

    Args:
        models: Models without a circle, of which each ref is one of them.
    """
    return tuple(_layered({model.name: model for model in models}))


def ends(models: Iterable[Model]) -> tuple[str, ...]:
    """Return the names of the models that no other reads, sorted."""
    known = tuple(models)
    read = {name for model in known for name in model.refs}
    return tuple(sorted({model.name for model in known} - read))


def needed(models: Iterable[Model], result: str) -> frozenset[str]:
    """Return the names of a model and of all that it builds on.

    Args:
        models: Models of which each ref is one of them.
        result: The name of one of them.
    """
    known = {model.name: model for model in models}
    found: set[str] = set()
    waiting = [result]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += known[name].refs
    return frozenset(found)


def sources(models: Iterable[Model]) -> tuple[str, ...]:
    """Return the tables of the database that models read, each once, sorted."""
    return tuple(sorted({table for model in models for table in model.sources}))


def staged_as(name: str) -> str:
    """Return what the rows of a model are staged as: no stage is called so, and no other model.

    A longer name is cut and goes on with a digest, for a database cuts names off.

    Args:
        name: The model's.
    """
    if len(name) <= LONGEST:
        return f"m_{name}"
    return f"m_{name[:9]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _layered(known: Mapping[str, Model]) -> Iterator[Model]:
    """Yield models in their order, as far as there is one: a circle, and what reads of it, is left out."""
    waiting = dict(sorted(known.items()))
    while waiting:
        ready = [model for model in waiting.values() if not waiting.keys() & set(model.refs)]
        if not ready:
            return
        for model in ready:
            del waiting[model.name]
        yield from ready

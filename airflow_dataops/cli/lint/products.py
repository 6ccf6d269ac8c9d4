"""What products say of each other: whether those are there that they name, and whether each can ever run."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.errors import Problem


def unknown(products: Mapping[str, Definition | None]) -> Iterator[Problem]:
    """Yield a warning for each product to run after that is none of these; one alone may run after any.

    Args:
        products: The name of each product -> the product; None where its files are wrong.
    """
    from airflow_dataops.documents.yaml.node import shown
    from airflow_dataops.documents.yaml.scalar import did_you_mean
    from airflow_dataops.errors import Problem

    if len(products) == 1:
        return
    for found in products.values():
        if found is None:
            continue
        for name in found.product.schedule.depends_on:
            if name not in products:
                hint = did_you_mean(name, products) or "It may be one that isn't looked at here."
                yield Problem(found.places["depends_on"], f"there is no product `{shown(name)}` here", hint)


def cycles(products: Mapping[str, Definition | None]) -> Iterator[Problem]:
    """Yield an error for each ring of products that wait for each other, so that none ever runs.

    Args:
        products: As in `unknown`.
    """
    from airflow_dataops.errors import Problem

    right = {name: found for name, found in products.items() if found is not None}
    after = {
        name: {one for one in found.product.schedule.depends_on if one in products}
        for name, found in right.items()
    }
    while True:
        sorter = TopologicalSorter({name: sorted(after[name]) for name in sorted(after)})
        try:
            sorter.prepare()
        except CycleError as error:
            ring = error.args[1][:0:-1]  # each runs after the next
            least = ring.index(min(ring))
            ring = [*ring[least:], *ring[:least]]
            way = " → ".join(f"`{name}`" for name in (*ring, ring[0]))
            yield Problem(
                right[ring[0]].places["depends_on"],
                f"products wait for each other: {way}",
                "Leave out one `depends_on` of these.",
            )
            after[ring[0]].discard(ring[1 % len(ring)])
        else:
            return


def not_watched(products: Mapping[str, Definition | None], watched: Mapping[str, str]) -> Iterator[Problem]:
    """Yield an error for each DAG that is watched as if it were no product, and is one.

    Args:
        products: As in `unknown`.
        watched: The DAG -> where it is spoken of.
    """
    from airflow_dataops.documents.yaml.node import shown
    from airflow_dataops.errors import Problem

    for name, place in watched.items():
        if name in products:
            what = f"`{shown(name)}` is a product, and this folder is not its"
            yield Problem(place, what, "Put the file into the product's folder.")


def too_coarse(products: Mapping[str, Definition | None]) -> Iterator[Problem]:
    """Yield an error for each product whose partitions lie in none of those after which it is to run.

    Args:
        products: As in `unknown`.
    """
    from airflow_dataops.cli.dag.given import shelf
    from airflow_dataops.core.batch import LENGTHS
    from airflow_dataops.documents.templates.template import grain_of
    from airflow_dataops.errors import Problem

    right = {name: found for name, found in products.items() if found is not None}
    grains = {name: grain_of(found.product, shelf=shelf()) for name, found in right.items()}
    for name, found in right.items():
        grain = grains[name]
        for other in found.product.schedule.depends_on:
            theirs = grains.get(other)
            if grain is not None and theirs is not None and LENGTHS[theirs] < LENGTHS[grain]:
                yield Problem(
                    found.places["depends_on"],
                    f"no {theirs} of `{other}` lies in a {grain}: this would never run",
                    f"Write `params: {{grain: {theirs}}}`, or run it by a `schedule`.",
                )

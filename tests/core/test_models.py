from __future__ import annotations

import pytest

from airflow_dataops.core.models import Model, circle, ends, needed, ordered, sources, staged_as
from airflow_dataops.core.naming import Stage


def graph(text: str) -> list[Model]:
    """Return models written as `a: b c`, one a line or after a semicolon: `a` reads `b` and `c`."""
    found = []
    for line in text.split(";"):
        name, _, refs = line.partition(":")
        found.append(Model(name=name.strip(), file=f"{name.strip()}.sql", refs=tuple(refs.split())))
    return found


@pytest.mark.parametrize(
    ("models", "order"),
    [
        ("a", "a"),
        ("b: a; a", "a b"),
        ("d: b c; c: a; b: a; a", "a b c d"),
        ("z; y; x", "x y z"),
        ("last: a z; z; a: b; b", "b z a last"),  # as early as it can be made, then by name
        ("one: two; two: three; three; four: one", "three two one four"),
    ],
)
def test_each_model_stands_after_those_that_it_reads(models, order) -> None:
    """The order hangs on the graph and on names, and not on the order of files."""
    given = graph(models)

    assert order.split() == [model.name for model in ordered(given)]
    assert order.split() == [model.name for model in ordered(reversed(given))]


@pytest.mark.parametrize(
    ("models", "path"),
    [
        ("a: b; b", ""),
        ("a: a", "a a"),
        ("b: a; a: b", "a b a"),
        ("c: a; b: c; a: b", "a b c a"),
        ("a; x: z a; z: y; y: x", "x z y x"),
    ],
)
def test_a_circle_is_named_as_a_path(models, path) -> None:
    """Each reads the one after it; the least comes first, whichever was found first."""
    given = graph(models)

    assert tuple(path.split()) == circle(given)
    assert tuple(path.split()) == circle(reversed(given))


@pytest.mark.parametrize(
    ("models", "last"),
    [("a", "a"), ("b: a; a", "b"), ("a; b; c: a", "b c"), ("d: b c; c: a; b: a; a", "d")],
)
def test_what_no_other_reads_may_be_published(models, last) -> None:
    """Those are the ends of the graph."""
    assert tuple(last.split()) == ends(graph(models))


@pytest.mark.parametrize(
    ("result", "names"), [("a", "a"), ("c", "c a"), ("d", "a b c d"), ("alone", "alone")]
)
def test_a_model_needs_all_that_it_builds_on(result, names) -> None:
    """Through any number of steps, each once."""
    assert frozenset(names.split()) == needed(graph("d: b c; c: a; b: a; a; alone"), result)


def test_tables_are_told_once_and_sorted() -> None:
    """However many models read them."""
    models = [
        Model(name="a", file="a.sql", sources=("raw.z", "raw.b")),
        Model(name="b", file="b.sql", sources=("raw.b",)),
    ]

    assert ("raw.b", "raw.z") == sources(models)


def test_staged_names_are_short_and_apart() -> None:
    """A database cuts names off; none may be that of another model, nor that of a stage."""
    long = [f"{'stg_customers_' * 4}{end}" for end in ("a", "b")]
    names = [*long, *(stage.value for stage in Stage), "audit_rejected", "m_audit", "a", "A", "x" * 22]

    staged = [staged_as(name) for name in names]

    assert len(set(staged)) == len(names)
    assert not set(staged) & {stage.value for stage in Stage}
    assert all(len(name) <= 24 for name in staged)
    assert "m_stg_orders" == staged_as("stg_orders")

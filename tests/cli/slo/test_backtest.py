"""Where pictures of a back-test go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from airflow_dataops.cli.slo.backtest import _stem


def of(team: str, product: str, slo: str) -> SimpleNamespace:
    """Return what a picture is named by."""
    return SimpleNamespace(
        declaration=SimpleNamespace(team=team, product=product), objective=SimpleNamespace(name=slo)
    )


@pytest.mark.parametrize(
    ("product", "slo", "stem"),
    [
        ("orders", "fresh", "orders.fresh"),
        ("../../etc", "a/b", ".._.._etc.a_b"),
        ("<script>", "{{ x }} %s\0", "_script_._x_s_"),
        ("注文", "fresh", "_.fresh"),
    ],
)
def test_a_picture_lies_in_its_folder_whatever_it_is_of(product, slo, stem) -> None:
    """No name leads out of it."""
    assert stem == _stem(of("shop", product, slo), ())


def test_pictures_of_several_never_replace_each_other() -> None:
    """Products of two teams, names that differ in signs alone, and such as no file may have."""
    taken: list[str] = []
    for one in (
        of("shop", "orders", "fresh"),
        of("mill", "orders", "fresh"),
        of("shop", "Orders", "fresh"),
        of("shop", "o/", "fresh"),
        of("shop", "o?", "fresh"),
        of("shop", "x" * 250, "y" * 250),
        of("shop", "x" * 250, "z" * 250),
    ):
        taken.append(_stem(one, taken).casefold())

    assert len(taken) == len(set(taken))
    assert max(map(len, taken)) <= 200

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.drop_path import drop_path
from airflow_dataops.errors import SettingsError

TREE = {
    "": [("a.csv", False), ("b.csv", False), ("_SUCCESS", False), (".b.csv.crc", False), ("x", True)],
    "x": [("c.csv", False), ("_temporary", True), ("[c].csv", False)],
}
"""Folder below the fixed part -> what it holds."""


def batch(partition: str = "2026-03-03") -> Batch:
    """Return the batch of a partition."""
    return Batch(team="shop", product="orders", dataset="orders", partition=partition)


def matching(template: str, partition: str = "2026-03-03") -> tuple[str, ...]:
    """Return the files of the tree that a path stands for."""
    return drop_path(template, batch(partition)).matching(TREE.__getitem__)


@pytest.mark.parametrize(
    ("template", "partition", "fixed", "text"),
    [
        ("{partition}.csv", "2026-03-03", ("2026-03-03.csv",), "2026-03-03.csv"),
        ("{partition}/a-*.csv", "2026-03-03", ("2026-03-03",), "2026-03-03/a-*.csv"),
        ("in//./{partition}/", "1", ("in", "1"), "in/1"),
        ("{partition}/?/{partition}.csv", "1", ("1",), "1/?/1.csv"),
        ("{partition}-x/*", "eu/1", ("eu", "1-x"), "eu/1-x/*"),
        ("a-{partition}", "*[?]", ("a-*[?]",), "a-*[?]"),
        ("a-{partition}", "**", ("a-**",), "a-**"),
        ("{partition}", "{partition}", ("{partition}",), "{partition}"),
    ],
)
def test_a_path_is_fixed_up_to_its_first_wildcard(template, partition, fixed, text) -> None:
    """The label stands in for its place, whatever it holds, and only the template has wildcards."""
    path = drop_path(template, batch(partition))

    assert (fixed, text) == (path.fixed, str(path))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("*", ("a.csv", "b.csv")),
        ("*.csv", ("a.csv", "b.csv")),
        ("?.csv", ("a.csv", "b.csv")),
        ("??.csv", ()),
        ("A*", ()),
        ("*/c.csv", ("x/c.csv",)),
        ("?/*", ("x/[c].csv", "x/c.csv")),
        ("*/[c].*", ("x/[c].csv",)),
        ("_*", ("_SUCCESS",)),
        (".b*", (".b.csv.crc",)),
        ("x*", ()),
        ("*/*/*", ()),
    ],
)
def test_a_wildcard_stands_for_one_name(template, expected) -> None:
    """Files alone match, sorted; hidden ones only where they are meant, and a bracket is a bracket."""
    if template.count("/") > 1:
        assert expected == drop_path(template, batch()).matching(lambda at: TREE.get(at, []))
    else:
        assert expected == matching(template)


@pytest.mark.parametrize("partition", ["*", "?.csv", "[ab].csv", "a*"])
def test_a_label_is_no_pattern(partition) -> None:
    """Whoever names a partition picks no files with it."""
    path = drop_path("{partition}*", batch(partition))

    assert () == path.matching(TREE.__getitem__)
    assert (f"{partition}-1",) == path.matching(lambda _: [(f"{partition}-1", False), ("a-1", False)])


@given(st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=20))
def test_any_label_finds_the_files_that_hold_it(partition) -> None:
    """A file that is named for the partition is found, and one without the label is not."""
    path = drop_path("d-{partition}-*", batch(partition))
    names = [f"d-{partition}-{end}" for end in ("", "1", "\n")]

    assert tuple(sorted(names)) == path.matching(lambda _: [(name, False) for name in [*names, "d--", "d"]])


@pytest.mark.parametrize(
    ("template", "partition"),
    [
        ("{partition}/*", ".."),
        ("{partition}/*", "../.."),
        ("/{partition}/*", "etc"),
        ("{partition}", "/etc/*"),
        ("*/../{partition}", "1"),
        ("{partition}*", "a\0*"),
        ("{partition}", "."),
    ],
)
def test_a_path_never_leaves_its_folder(template, partition) -> None:
    """Neither the template nor a label leads to a file elsewhere."""
    with pytest.raises(SettingsError, match="leads out of the folder"):
        drop_path(template, batch(partition))


def test_two_stars_are_refused() -> None:
    """How deep a drop lies must be said."""
    with pytest.raises(
        SettingsError, match=r"orders/1: the drop's path '1/\*\*/a' holds `\*\*`. Write a `\*`"
    ):
        drop_path("{partition}/**/a", batch("1"))


def test_many_wildcards_take_no_time() -> None:
    """A name that doesn't match is told quickly, however many wildcards there are."""
    path = drop_path("*a" * 20 + "{partition}", batch("b"))

    assert () == path.matching(lambda _: [("a" * 200, False)])

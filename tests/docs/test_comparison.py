"""The page that compares us with others says what was found, and what we still find."""

from __future__ import annotations

from pathlib import Path

import pytest

COMPARISON = Path(__file__).parents[1] / "benchmarks" / "comparison"


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(COMPARISON))


def test_the_page_is_made_of_its_results() -> None:
    """The page equals what its text and the results of the last comparison make."""
    import compare
    import page

    assert page.rendered(compare.results()) == page.PAGE.read_text(), "run compare.py, or undo the edit"


def test_we_find_what_the_page_says(tmp_path) -> None:
    """Our own column is true of the code as it is; after a change, `compare.py ours` writes the page anew."""
    import compare
    import datasets
    import page
    import tools

    datasets.write(tmp_path)

    found = page.outcomes(tools.run(tools.OURS, tmp_path))

    assert page.outcomes(compare.results()["ours"]) == found


def test_a_delivery_is_the_same_each_time(tmp_path) -> None:
    """The deliveries that are compared are those of any other run."""
    import datasets

    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    datasets.write(tmp_path / "one")
    datasets.write(tmp_path / "other")

    files = {file.name for file in (tmp_path / "one").iterdir()}
    assert {"truth.json", *(f"{name}.csv" for name in datasets.deliveries())} == files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()

"""What each tool finds, run in its own environment: it must be what docs/explanation/comparison.md says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
KEYS = ("ours", "datacontract", "soda", "great_expectations", "common_sql", "pandera", "pandera_text")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all deliveries."""
    sys.path.insert(0, str(HERE))
    import datasets

    folder = tmp_path_factory.mktemp("comparison")
    datasets.write(folder)
    return folder


@pytest.mark.parametrize("key", KEYS)
def test_a_tool_finds_what_the_page_says(deliveries: Path, key: str) -> None:
    """The outcomes are those of `results.json`; a tool whose environment can't be made here is skipped."""
    import compare
    import page
    import tools

    tool = next(tool for tool in tools.TOOLS if tool.key == key)
    try:
        found = page.outcomes(tools.run(tool, deliveries))
    except tools.UnavailableError as reason:
        pytest.skip(str(reason))

    print(f"\n{tool.title}")  # noqa: T201 - `make bench` shows it
    for name, outcome in found.items():
        print(f"  {name:28} {outcome}")  # noqa: T201
    assert page.outcomes(compare.results()[key]) == found

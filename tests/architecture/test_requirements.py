from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
EXTRAS = PYPROJECT["optional-dependencies"]
PINNED = {"demo": ("local", "openlineage"), "dev": tuple(EXTRAS)}


def pins(name: str) -> dict[str, set[str]]:
    """Read a compiled file: the versions of each package."""
    versions: dict[str, set[str]] = {}
    for line in (PROJECT / "requirements" / f"{name}.txt").read_text().splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            versions.setdefault(canonicalize_name(requirement.name), set()).add(
                str(requirement.specifier).removeprefix("==")
            )
    return versions


def declared(extras: tuple[str, ...]) -> list[Requirement]:
    """Read what the project asks for, with the given extras, except for itself."""
    lines = [*PYPROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    return [each for each in map(Requirement, lines) if each.name != PYPROJECT["name"]]


@pytest.mark.parametrize("name", PINNED)
def test_every_line_is_an_exact_version(name: str) -> None:
    """A compiled file must hold nothing but exact versions and comments: no index, no address, no option."""
    lines = (PROJECT / "requirements" / f"{name}.txt").read_text().splitlines()
    exact = re.compile(r"( *#.*|[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[^ ]+( ; .*)?)?")

    assert [] == [line for line in lines if not exact.fullmatch(line) or "://" in line]


@pytest.mark.parametrize("name", PINNED)
def test_pins_satisfy_what_is_declared(name: str) -> None:
    """Whoever changes a dependency must compile the files anew."""
    found = pins(name)
    unmet = [
        str(each)
        for each in declared(PINNED[name])
        if not all(map(each.specifier.contains, found.get(canonicalize_name(each.name), {""})))
    ]

    assert [] == unmet


def test_dev_is_a_superset_of_demo() -> None:
    """Installing for development must serve the demo, so its versions must be the same."""
    demo, dev = pins("demo"), pins("dev")

    assert demo == {name: dev.get(name) for name in demo}


def test_every_dependency_has_its_reason() -> None:
    """Each declared dependency must have a row in the decision on dependencies."""
    page = (PROJECT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    names = {each.name for each in declared(tuple(EXTRAS))}

    assert set() == {name for name in names if f"| `{name}` |" not in page}

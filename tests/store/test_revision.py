from __future__ import annotations

import pytest

from airflow_dataops.errors import SettingsError
from airflow_dataops.store.revision import Revision, Standing, require

KNOWN = ("0001", "0002", "0003")


@pytest.mark.parametrize(
    ("found", "standing", "usable"),
    [
        (None, Standing.MISSING, False),
        ("0001", Standing.BEHIND, False),
        ("0002", Standing.BEHIND, True),
        ("0003", Standing.CURRENT, True),
        ("0004", Standing.AHEAD, True),
        ("0012", Standing.AHEAD, True),
    ],
)
def test_code_works_with_its_schema_the_one_before_and_newer_ones(found, standing, usable) -> None:
    """Upgrades need no stop: neither the tasks that are still old nor those that are already new may fail."""
    revision = Revision(found, KNOWN)

    assert (standing, usable) == (revision.standing, revision.usable)


def test_a_first_revision_has_none_before() -> None:
    """With one revision, that is the oldest one to work with."""
    assert "0001" == Revision("0001", ("0001",)).oldest


@pytest.mark.parametrize("found", ["0002", "0003", "0004"])
def test_require_lets_a_usable_store_pass(found) -> None:
    """A store that works must pass, with its revision."""
    assert found == require(Revision(found, KNOWN), shown="sqlite:///x")


@pytest.mark.parametrize(
    ("found", "what"),
    [(None, "has no schema"), ("0001", "has revision 0001, and 0002 or newer is needed")],
)
def test_require_says_what_to_do(found, what) -> None:
    """A store that can't be used must say why and what to do, in one line."""
    with pytest.raises(SettingsError) as caught:
        require(Revision(found, KNOWN), shown="sqlite:///x")

    assert f"the store at sqlite:///x {what}. Run `airflow dataops db migrate`." == str(caught.value)

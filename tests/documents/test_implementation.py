from __future__ import annotations

import pytest

from airflow_dataops.documents.implementation import is_implementation, located


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("checks:Orders", True),
        ("shop.checks:orders_2", True),
        ("checks", False),
        ("checks:Orders.inner", False),
        ("/srv/checks.py:Orders", False),
        ("../checks:Orders", False),
        ("1checks:Orders", False),
        (":Orders", False),
        ({"a": "b"}, False),
        (None, False),
    ],
)
def test_is_implementation_tells_a_module_and_its_object(value, expected):
    """The form is that of a Python import; a path is none."""
    assert expected is is_implementation(value)


def test_located_prefers_the_file_beside(tmp_path, monkeypatch):
    """A file beside is named by its absolute path; what isn't there is left to the import path."""
    (tmp_path / "checks.py").touch()
    monkeypatch.chdir(tmp_path)

    assert f"{tmp_path}/checks.py:Orders" == located("checks:Orders", ".")
    assert "shop.checks:Orders" == located("shop.checks:Orders", tmp_path)
    assert "" == located("", tmp_path)


def test_located_leaves_what_is_located(tmp_path):
    """A path that was found before is not looked for again, wherever it is read."""
    (tmp_path / "checks.py").touch()
    place = located("checks:Orders", tmp_path)

    assert place == located(place, "/elsewhere")

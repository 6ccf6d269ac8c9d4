from __future__ import annotations

from xml.etree import ElementTree as ET

from airflow_dataops.render.junit import Case, junit


def test_a_suite_counts_its_cases() -> None:
    """Readers of JUnit's XML find each verdict in its element, and the numbers of each."""
    cases = [
        Case(name="a", group="orders", verdict="passed", output="told"),
        Case(name="b", group="orders", verdict="failed", message="expected 1, observed 2"),
        Case(name="c", group="orders", verdict="error", message="no number"),
        Case(name="d", group="items", verdict="skipped", message="no data"),
    ]

    root = ET.fromstring(junit("a test", cases))  # noqa: S314 - we wrote it

    assert "testsuites" == root.tag
    (suite,) = root
    assert ["a test", "4", "1", "1", "1"] == [
        suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")
    ]
    assert [
        ("orders", "a", ["system-out"]),
        ("orders", "b", ["failure"]),
        ("orders", "c", ["error"]),
        ("items", "d", ["skipped"]),
    ] == [(case.get("classname"), case.get("name"), [part.tag for part in case]) for case in suite]
    assert "expected 1, observed 2" == suite[1][0].get("message") == suite[1][0].text


def test_what_xml_cannot_hold_is_replaced() -> None:
    """A name or a message of any signs still makes a document that can be read."""
    odd = "a\x00\x1b[31m<&>\"'\ufffe\ud800"
    (case,) = ET.fromstring(junit("a", [Case(name=odd, group=odd, verdict="failed", message=odd)]))[0]  # noqa: S314

    assert "a\ufffd\ufffd[31m<&>\"'\ufffd\ufffd" == case.get("name") == case[0].text

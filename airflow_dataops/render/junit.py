"""Verdicts in the XML that JUnit writes, which every CI server reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

ELEMENTS = {"failed": "failure", "error": "error", "skipped": "skipped"}
"""Verdict -> the element that says so; a case that passed has none."""

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (its production `Char`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One verdict.

    Args:
        name: What was judged.
        group: What it belongs to, such as a dataset.
        verdict: passed, failed, error or skipped.
        message: Why it did not pass.
        output: What else there is to say.
        seconds: How long it took, where that was measured.
    """

    name: str
    group: str
    verdict: str
    message: str = ""
    output: str = ""
    seconds: float | None = None


def junit(name: str, cases: Sequence[Case]) -> str:
    """Return one `testsuites` document with one suite.

    Args:
        name: What the suite is called.
        cases: Its cases.
    """
    counts = {
        "tests": len(cases),
        "failures": sum(case.verdict == "failed" for case in cases),
        "errors": sum(case.verdict == "error" for case in cases),
        "skipped": sum(case.verdict == "skipped" for case in cases),
    }
    attributes = {"name": name} | {key: str(count) for key, count in counts.items()}
    root = ET.Element("testsuites", attributes)
    suite = ET.SubElement(root, "testsuite", attributes)
    for case in cases:
        element = ET.SubElement(suite, "testcase", {"name": _safe(case.name), "classname": _safe(case.group)})
        if case.seconds is not None:
            element.set("time", f"{case.seconds:.3f}")
        if case.verdict in ELEMENTS:
            reason = ET.SubElement(element, ELEMENTS[case.verdict], {"message": _safe(case.message)})
            reason.text = _safe(case.message)
        if case.output:
            ET.SubElement(element, "system-out").text = _safe(case.output)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _safe(text: str) -> str:
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)

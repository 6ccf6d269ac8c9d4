"""How tests of a team's SQL are told: as lines and tables, as JSON, for JUnit's readers."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

from airflow_dataops.core.rehearsal import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.cli.test import Tested

INDENT = 4


def as_text(tested: Sequence[Tested], on_screen: bool) -> str:  # noqa: FBT001 - one of three alike
    """Return lines for people, and tables of rows that differ, in colour where a terminal shows them."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from airflow_dataops.cli.screen import console
    from airflow_dataops.render.rehearsal import line, reasons, table

    screen = console(sys.stdout)
    styled = on_screen and screen.is_terminal
    page = Console(
        file=io.StringIO(),
        width=screen.width,
        force_terminal=styled,
        color_system=screen.color_system if styled else None,  # type: ignore[arg-type]
        highlight=False,
    )
    for product in tested:
        page.print(Text(f"{product.product}  {product.file}"), soft_wrap=True)
        if product.note:
            page.print(Text(f"  {product.note}"), soft_wrap=True)
        for found in product.found:
            page.print(line(found), soft_wrap=True)
            if found.result is Result.PASSED:
                continue
            for reason in reasons(found):
                page.print(reason, soft_wrap=True)
            if found.difference is not None:
                page.print(Padding(table(found.difference), (0, 0, 1, INDENT)))
    page.print(Text(summary(tested)), soft_wrap=True)
    written: str = page.file.getvalue()  # type: ignore[attr-defined]
    return "".join(f"{one.rstrip()}\n" for one in written.rstrip("\n").split("\n"))


def as_json(tested: Sequence[Tested], _: bool) -> str:  # noqa: FBT001
    """Return one JSON document."""
    from airflow_dataops.render.rehearsal import row

    results = [found.result for product in tested for found in product.found]
    document = {
        "products": [
            {
                "product": product.product,
                "file": product.file,
                "note": product.note or None,
                "tests": [row(found) for found in product.found],
            }
            for product in tested
        ],
        "summary": {"tests": len(results)} | {result.value: results.count(result) for result in Result},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_junit(tested: Sequence[Tested], _: bool) -> str:  # noqa: FBT001
    """Return JUnit's XML: a case for each test, and a skipped one for each product that has none."""
    from airflow_dataops.render.junit import Case, junit
    from airflow_dataops.render.rehearsal import message

    cases = []
    for product in tested:
        if product.note:
            cases.append(
                Case(name=product.product, group=product.product, verdict="skipped", message=product.note)
            )
        cases.extend(
            Case(
                name=found.example.name,
                group=product.product,
                verdict=found.result.value,
                message="" if found.result is Result.PASSED else message(found),
                seconds=found.seconds,
            )
            for found in product.found
        )
    return junit("airflow-dataops test", cases)


def summary(tested: Sequence[Tested]) -> str:
    """Return one line about all tests."""
    from airflow_dataops.render.rehearsal import summary

    return summary(found for product in tested for found in product.found)


FORMATS: dict[str, Callable[[Sequence[Tested], bool], str]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
}

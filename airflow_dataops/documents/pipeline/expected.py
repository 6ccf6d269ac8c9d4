"""`expected:` of a pipeline file -> what is expected of a product, where its schedule doesn't say it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.expectation import Exclusion
from airflow_dataops.core.slo.expected import Expected
from airflow_dataops.documents.pipeline.expected_rows import RowsKeys, expected_rows
from airflow_dataops.documents.schedule import Cron, Zone
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.scalar import Name, one_of, text, wrong
from airflow_dataops.documents.yaml.text import is_there, read_text
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.yaml.findings import Findings

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DAYS = re.compile(rf"({DAY})(?:/({DAY}))?")

SUCH_AS = "Such as 2026-12-25, or 2026-12-24/2026-12-26."


def days(value: object) -> Exclusion:
    """Return days on which nothing is expected: a date, or the first and the last one (ISO 8601)."""
    found = text(value)
    exclusion = days_of(found)
    if exclusion is None:
        raise wrong(f"must be a day or a range of days, it is {described(value)}", SUCH_AS)
    return exclusion


def days_of(written: str, why: str = "") -> Exclusion | None:
    """Return the days that a text names; None where it names none, or they end before they begin."""
    found = DAYS.fullmatch(written)
    if found is None:
        return None
    try:
        first, last = (date.fromisoformat(day) for day in (found[1], found[2] or found[1]))
    except ValueError:
        return None
    return Exclusion(first=first, last=last, why=why) if first <= last else None


Days = Annotated[Exclusion, BeforeValidator(days)]


def holidays(path: Path, findings: Findings) -> tuple[Exclusion, ...]:
    """Return the days of a file: on each line a day or a range, and behind it what it is; `#` is a comment.

    Args:
        path: The file.
        findings: Where problems go.
    """
    try:
        lines = read_text(path).splitlines()
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return ()
    found: list[Exclusion] = []
    for at, line in enumerate(lines, start=1):
        written, _, comment = line.partition("#")
        if not written.strip():
            continue
        word, *why = written.split(maxsplit=1)
        exclusion = days_of(word, (why[0] if why else comment).strip())
        column = len(line) - len(line.lstrip()) + 1
        if exclusion is None:
            findings.error(
                f"{path}:{at}:{column}", f"`{shown(word)}` is no day and no range of days", SUCH_AS
            )
        else:
            found.append(exclusion)
    if not found and not findings.errors:
        findings.warn(f"{path}:1:1", "the file names no day")
    return tuple(found)


class ExpectedKeys(Keys, BaseModel):
    """What is expected of a product, where its schedule doesn't say it."""

    schedule: Cron | None = None
    timezone: Zone | None = None
    grain: Annotated[str, one_of(*Grain)] | None = None
    exclude: tuple[Days, ...] = ()
    holidays: Name | None = None
    rows: RowsKeys | None = None


def expected(
    keys: ExpectedKeys | None, folder: Path, findings: Findings, *, drops: str = "", conn_id: str = ""
) -> Expected:
    """Return what a pipeline file says of what is expected.

    Args:
        keys: What stands under `expected`, if anything.
        folder: The product's folder.
        findings: Where problems go.
        drops: The folder of the drops; empty where there are none.
        conn_id: Its connection, or empty.
    """
    if keys is None:
        return Expected()
    named: tuple[Exclusion, ...] = ()
    if keys.holidays is not None:
        if is_there(folder / keys.holidays):
            named = holidays(folder / keys.holidays, findings)
        else:
            what = f"there is no file `{shown(keys.holidays)}` beside this one"
            findings.error(
                keys.at("holidays"), what, "It holds a day a line, such as `2026-12-25 Christmas`."
            )
    rows = None
    if keys.rows is not None:
        rows = expected_rows(keys.rows, drops=drops, conn_id=conn_id, folder=folder, findings=findings)
    return Expected(
        schedule=keys.schedule or "",
        timezone="" if keys.timezone is None else keys.timezone.key,
        grain=keys.grain or "",
        exclusions=(*keys.exclude, *named),
        rows=rows,
    )

"""`format`, `timezone` and `defaultTimezone` of days, instants and times -> how their texts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.written import ISO, FormatError, Written, translation
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from airflow_dataops.documents.odcs.keys import Options as Keys
    from airflow_dataops.documents.yaml.findings import Findings

MOMENTS = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME})
"""Logical types whose texts may be written in several ways."""

LETTERS = "yyyy MM M dd d HH H mm m ss s S X x Z, and texts between them"
"""The letters of a format that are read."""

UTC = frozenset({"UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "Universal", "UCT", "Etc/UCT"})
"""Names of the zone that local times are in anyway."""


def written(keys: Keys | None, logical: LogicalType, findings: Findings) -> Written:
    """Return how the texts of a column are written; what is wrong, or not enforced, goes to the findings."""
    if keys is None or logical not in MOMENTS:
        return ISO
    form, has_offset = _format(keys, logical, findings)
    if logical is not LogicalType.TIMESTAMP:
        if keys.timezone and logical is LogicalType.TIME:
            findings.unenforced(keys.node.key("timezone"), "`timezone: true` of a time of day")
        return Written(form)
    offset = keys.timezone
    if form and offset is not None and offset is not has_offset:
        word = "no offset" if offset else "an offset"
        findings.error(
            keys.at("format"),
            f"the format `{shown(form)}` has {word}, and `timezone` is {str(offset).lower()}",
            "Write `XXX` where the offset stands, or change `timezone`.",
        )
    return Written(form, _zone(keys, findings), has_offset if form else offset)


def _format(keys: Keys, logical: LogicalType, findings: Findings) -> tuple[str, bool]:
    """Return the format, and whether it has an offset; empty for none that can be read."""
    if keys.format is None:
        return "", False
    try:
        return keys.format, translation(keys.format, logical).offset
    except FormatError as error:
        findings.unenforced(
            keys.at("format"),
            f"the format `{shown(keys.format)}` of a {logical}",
            f"Values are read as ISO 8601 writes them. In the format {error}; read are {LETTERS}.",
        )
        return "", False


def _zone(keys: Keys, findings: Findings) -> str:
    zone = keys.default_timezone
    if zone is None or zone in UTC:
        return ""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.error(
            keys.at("defaultTimezone"),
            f"there is no time zone `{shown(zone)}`",
            "Write its name in the tz database, such as `Europe/Berlin`.",
        )
        return ""
    return zone

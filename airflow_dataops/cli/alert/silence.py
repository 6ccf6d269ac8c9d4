"""`alert silence` and `alert unsilence`. The rim gives them their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.alert.typed import instant, later, length, matchers, meant
from airflow_dataops.cli.alert.unmet import unmet
from airflow_dataops.core.alerts.labels import labels_of
from airflow_dataops.core.alerts.matcher import all_match
from airflow_dataops.core.alerts.silence import asked
from airflow_dataops.core.alerts.transport import AlertmanagerTransport
from airflow_dataops.render.alerts.alert_silence import silence_line
from airflow_dataops.usecases.alerts.list_incidents import list_incidents
from airflow_dataops.usecases.alerts.silence_alerts import silence_alerts
from airflow_dataops.usecases.alerts.unsilence import unsilence as end_silence
from airflow_dataops.wiring import clocks, receivers, stores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.ports.alerts import Incidents
    from airflow_dataops.wiring.settings import Settings

SHOWN = 20
"""Numbers of incidents that are told; `alert list` has all."""


def silence(
    texts: Sequence[str],
    *,
    lasts: str,
    start: str,
    long: bool,
    who: str,
    why: str,
    environment: str,
    settings: Settings,
    stream: TextIO,
    warn: TextIO,
) -> None:
    """Have nobody told of what matches for a time, and say from when to when.

    Args:
        texts: What labels must be.
        lasts: How long, such as `2h`.
        start: From when on, with its zone; empty for now.
        long: Whether it may last longer than 90 days.
        who: Who asks for it.
        why: The reason, in one line.
        environment: `[dataops] environment`.
        settings: Where the store is.
        stream: Where to.
        warn: Where it goes that a matcher matches nothing that is known.

    Raises:
        WrongCallError: If it can't be meant: it would match everything or nothing, is over, or is too long.
        SettingsError: If the store has no tables.
        BrokenWorldError: If the store can't be written.
    """
    now = clocks.clock().now()
    begin = instant(start, option="--start") if start else None
    end = later(begin or now, length(lasts, option="--for"), option="--for")
    wanted = matchers(texts)
    with meant():
        wanted_silence = asked(wanted, start=begin, end=end, who=who, why=why, now=now, long=long)
    alerts = alerts_of(settings)
    kept = silence_alerts(wanted_silence, silences=alerts, clock=clocks.clock())
    stream.write(f"{silence_line(kept, now=now)}\n")
    declared = {(one.team, one.product): one for one in stores.service_levels(settings).declared()}
    warn.writelines(f"warning: {line}\n" for line in unmet(kept.matchers, declared.values()))
    warn.writelines(f"warning: {line}\n" for line in _elsewhere(receivers.alert_rules(settings)[0]))
    stream.writelines(f"{line}\n" for line in _held(kept, alerts, declared, environment))


def unsilence(number: int, *, who: str, why: str, settings: Settings, stream: TextIO) -> None:
    """End a silence, and say so.

    Args:
        number: The silence.
        who: Who ends it.
        why: The reason, in one line; or empty.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If there is no such silence, it is over, or the store has no tables.
        BrokenWorldError: If the store can't be written.
    """
    ended = end_silence(
        number,
        who=who,
        why=why,
        silences=alerts_of(settings),
        clock=clocks.clock(),
    )
    after = "it hadn't begun, and held nothing back"
    if ended.begun:
        after = "what it held back is told by the next evaluation"
    stream.write(f"silence {number} ended at {ended.at:%Y-%m-%d %H:%M %Z}; {after}\n")


def _elsewhere(rules: Rules) -> Iterator[str]:
    """Yield which receivers are told all the same."""
    for one in rules.receivers:
        if any(isinstance(each, AlertmanagerTransport) for each in one.transports):
            yield f"the receiver `{one.name}` has Alertmanager, whose own silences count: silence there, too."


def _held(
    of: Silence, alerts: Incidents, declared: Mapping[tuple[str, str], Declaration], environment: str
) -> Iterator[str]:
    """Yield which of the incidents that are open it is about, by their numbers."""
    found = list_incidents(incidents=alerts)
    if not found:
        return
    held = [
        str(one.number)
        for one in found
        if all_match(of.matchers, labels_of(one, declared.get(one.where[:2]), environment=environment))
    ]
    more = f" and {len(held) - SHOWN:,} more" if len(held) > SHOWN else ""
    which = f", number {', '.join(held[:SHOWN])}{more}" if held else ""
    yield f"open incidents that match: {len(held):,} of {len(found):,}{which}"

"""All that is to be said of one objective: what it promises, how it stands, what burnt it, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.slo.policy import Action
from airflow_dataops.core.slo.standing import State
from airflow_dataops.render.exact import exact, factor, percent
from airflow_dataops.render.levels.cause import cause
from airflow_dataops.render.levels.promise import alert, promise, rules
from airflow_dataops.render.levels.slo_list import MARKS, NEVER, bar, slo_row
from airflow_dataops.render.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.slo.shown import Shown
    from airflow_dataops.core.slo.standing import Burn, Standing
    from airflow_dataops.render.levels.slo_list import Row

MOST = 20
"""Entries that are listed, the newest; JSON has all of them."""

DOES: dict[Action, str] = {
    Action.BLOCK_PUBLISH: "nothing of {subject} is published",
    Action.REQUIRE_APPROVAL: "a person must approve what {subject} publishes",
    Action.PAUSE: "the DAG {subject} is paused",
    Action.SHRINK_POOL: "the pool {subject} is smaller (it had {before} slots)",
}
"""Action of a policy -> what it means while it is in force."""

NEXT: dict[State, str] = {
    State.OK: "Nothing has to be done.",
    State.BURNING: "The budget burns faster than it lasts: find out why before it is gone.",
    State.EXHAUSTED: "The budget is used up: what makes the data more reliable comes before what is new.",
    State.UNKNOWN: "Nothing is known: see that something is expected, and that service levels are evaluated.",
}
"""State -> what to do next, where there is no more to say."""

EVALUATE = "Evaluate it: `airflow dataops slo evaluate`."


def slo_page(shown: Shown) -> RenderableType:
    """Return what people read."""
    return Group(*_parts(shown))


def _parts(shown: Shown) -> Iterator[RenderableType]:
    level = shown.level
    declaration, objective, standing = level.declaration, level.objective, level.standing
    mark, style = MARKS[level.state]
    yield Text.assemble(
        (f"{declaration.product} / {objective.name}", "bold"),
        "  ",
        (f"{mark} {level.state.value}", style),
        (f"  team {declaration.team}" if declaration.team else "", "dim"),
    )
    if objective.description:
        yield Paragraph(objective.description)
    yield Text()
    yield Paragraph(promise(objective, timezone=declaration.expectation.timezone))
    yield Paragraph(" ".join(rules(objective)))
    if objective.place:
        yield Text(objective.place, style="dim")
    yield Text()
    if standing is None:
        yield Text(f"{NEVER.capitalize()}.")
    else:
        yield _facts(standing)
        yield from _headed("alerts", _alerts(shown, standing.burns) if standing.burns else None)
    yield from _headed("what burnt it", _burnt(shown.burnt, level) if shown.burnt else None)
    yield from _headed("in force", _lines(_in_force(shown)) if shown.actions else None)
    notes = (*(() if standing is None else standing.notes), *shown.notes)
    notes = (shown.untold, *notes) if shown.untold else notes
    yield from _headed("notes", _lines(notes) if notes else None)
    yield from _headed("what to do", _lines(_next(level)))


def _headed(head: str, body: RenderableType | None) -> Iterator[RenderableType]:
    if body is not None:
        yield Text()
        yield Text(head, style="bold")
        yield Padding(body, (0, 0, 0, 2))


def _facts(standing: Standing) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    remaining = standing.remaining
    left = percent(remaining, digits=1)
    for name, value in (
        ("window", f"{standing.since:%F %H:%M} to {standing.until:%F %H:%M %Z}"),
        ("good", f"{exact(standing.good)} of {exact(standing.total)}"),
        ("expected", exact(standing.expected)),
        ("may be bad", exact(standing.allowed)),
        ("were bad", exact(standing.bad)),
        ("budget left", left if remaining is None else f"{bar(remaining)} {left} = {exact(remaining)}"),
        ("evaluated", f"{standing.at:%F %H:%M %Z}"),
    ):
        table.add_row(name, Paragraph(value))
    return table


def _alerts(shown: Shown, burns: Sequence[Burn]) -> Table:
    """Return a table; where nobody is told that one fires it says so."""
    fires = Text("▲ fires, told to nobody" if shown.untold else "▲ fires", style="red")
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("alert", overflow="fold")
    table.add_column("long", justify="right", no_wrap=True)
    table.add_column("short", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for burn in burns:
        state = fires if burn.firing else Text(_quiet(burn), style="dim")
        table.add_row(alert(burn.alert), factor(burn.long), factor(burn.short), state)
    return table


def _quiet(burn: Burn) -> str:
    """Return why an alert doesn't fire, where its burn rates alone don't say it."""
    rates = [rate for rate in (burn.long, burn.short) if rate is not None]
    held = burn.alert.significance is not None and rates and min(rates) >= burn.alert.factor
    return "quiet: may be chance" if held else "quiet"


def _burnt(burnt: Sequence[Burnt], level: Level) -> Table:
    allowed = None if level.standing is None else level.standing.allowed
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("partition", overflow="fold")
    table.add_column("counted", no_wrap=True)
    table.add_column("bad", justify="right", overflow="fold")
    table.add_column("of the budget", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for each in sorted(burnt, key=lambda each: each.entry.at, reverse=True)[:MOST]:
        table.add_row(
            Text(each.entry.partition),
            f"{each.entry.at:%F %H:%M}",
            exact(each.entry.bad),
            percent(each.entry.bad / allowed if allowed else None, digits=1),
            Paragraph(cause(each, level.objective.sli)),
        )
    if len(burnt) > MOST:
        table.add_row(f"… and {len(burnt) - MOST} more")
    return table


def _in_force(shown: Shown) -> Iterator[str]:
    for action in shown.actions:
        what = DOES[action.action].format(subject=action.subject, before=action.before)
        yield f"{what} since {action.since:%F %H:%M %Z}: {action.why}{_still(action, shown)}"


def _still(action: PolicyAction, shown: Shown) -> str:
    """Return why an action is in force yet, where that is no longer why it came into force."""
    now = shown.demands.get((action.action, action.subject))
    if now is None or now.asked is False:
        return "; it is lifted by the next evaluation"
    return f"; when last evaluated: {now.why}" if now.why != action.why else ""


def _next(level: Level) -> Iterator[str]:
    if level.objective.runbook:
        yield f"Runbook: {level.objective.runbook}"
    yield NEXT[level.state] if level.standing is not None else EVALUATE
    if level.declaration.owner:
        yield f"It is answered for by {level.declaration.owner}."


def _lines(lines: Sequence[str] | Iterator[str]) -> Group:
    return Group(*(Paragraph(line) for line in lines))


def slo_document(shown: Shown) -> Row:
    """Return an object of plain JSON types."""
    level = shown.level
    return {
        **slo_row(level),
        "promise": promise(level.objective, timezone=level.declaration.expectation.timezone),
        "rules": list(rules(level.objective)),
        "place": level.objective.place or None,
        "source": level.objective.source.value,
        "owner": level.declaration.owner or None,
        "runbook": level.objective.runbook or None,
        "untold": shown.untold or None,
        "burnt": [_burnt_row(each, level) for each in shown.burnt],
        "in_force": [
            {
                "action": action.action.value,
                "subject": action.subject,
                "slo": action.slo or None,
                "since": action.since.isoformat(),
                "why": action.why,
            }
            for action in shown.actions
        ],
    }


def _burnt_row(burnt: Burnt, level: Level) -> Row:
    return {
        "partition": burnt.entry.partition,
        "at": burnt.entry.at.isoformat(),
        "good": str(burnt.entry.good),
        "total": str(burnt.entry.total),
        "mark": burnt.entry.mark.value,
        "kind": burnt.kind.value,
        "why": cause(burnt, level.objective.sli),
    }

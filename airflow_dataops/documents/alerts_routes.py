"""`route` of `alerts.yaml` -> the tree of routes, each with what it has of its parent.

Source: github.com/prometheus/alertmanager, dispatch/route.go: a route has its parent's receiver, grouping and
times where it says nothing, and never its intervals. What no incident can ever reach is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.possible import first_impossible, implied, values_hint
from airflow_dataops.core.alerts.route import Route
from airflow_dataops.documents.node import shown
from airflow_dataops.documents.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.documents.alerts_keys import RouteKeys
    from airflow_dataops.documents.findings import Findings

NOT_OF_THE_ROOT = {
    "matchers": "it takes whatever nothing else does",
    "continue": "nothing comes after it",
    "mute_time_intervals": "what nothing else takes is never held back",
    "active_time_intervals": "what nothing else takes is never held back",
}
"""Key that the root can't have -> why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """What the tree of routes may name.

    Args:
        receivers: Names of receivers.
        intervals: Names of time intervals.
        whole: Whether nothing of the file was left out, so that what is not found is not there.
        findings: Where problems go.
    """

    receivers: frozenset[str]
    intervals: frozenset[str]
    whole: bool
    findings: Findings

    def root(self, keys: RouteKeys) -> Route:
        """Return the root, and all below it."""
        for key, why in NOT_OF_THE_ROOT.items():
            if keys.node.has(key):
                self.findings.error(
                    keys.node.key(key),
                    f"the root route can't have `{key}`: {why}",
                    "Write it into a route below.",
                )
        if keys.receiver is None and not keys.node.has("receiver"):
            what = "the root route has no `receiver`: what nothing else takes would be told to nobody"
            self.findings.error(keys.node.place, what, "Name one; `log` is always there.")
        return self._route(keys, Route(receiver=""), above=())

    def _route(self, keys: RouteKeys, parent: Route, *, above: tuple[Matcher, ...]) -> Route:
        self._check_names(keys)
        of_all = (*above, *keys.matchers)
        made = Route(
            receiver=keys.receiver or parent.receiver,
            matchers=keys.matchers,
            group_by=parent.group_by if keys.group_by is None else keys.group_by,
            group_wait=parent.group_wait if keys.group_wait is None else keys.group_wait,
            group_interval=keys.group_interval or parent.group_interval,
            repeat_interval=keys.repeat_interval or parent.repeat_interval,
            mute=keys.mute_time_intervals or (),
            active=keys.active_time_intervals or (),
            go_on=bool(keys.go_on),
            place=str(keys.node.place),
        )
        self._check(keys, made, of_all)
        return replace(made, routes=tuple(self._below(keys, made, of_all)))

    def _below(self, keys: RouteKeys, made: Route, above: tuple[Matcher, ...]) -> Iterator[Route]:
        before: list[Route] = []
        for one in keys.routes:
            found = self._route(one, made, above=above)
            own = (*above, *one.matchers)
            taken = next((each for each in before if implied(each.matchers, by=own)), None)
            if taken is not None and first_impossible(own) is None:
                line = taken.place.rsplit(":", 2)[1]
                self.findings.error(
                    one.node.place,
                    f"nothing ever comes here: the route in line {line} takes all of it",
                    "Write this one first, or `continue: true` there.",
                )
            if not found.go_on and self.whole:
                before.append(found)
            yield found

    def _check(self, keys: RouteKeys, made: Route, of_all: tuple[Matcher, ...]) -> None:
        wrong = first_impossible(of_all)
        if wrong is not None and first_impossible(of_all[: len(of_all) - len(keys.matchers)]) is None:
            self.findings.error(
                keys.node.at("matchers").place,
                f"no incident can match this: {' and '.join(map(str, wrong))}",
                values_hint(wrong) or "Routes have the matchers of those above them as well.",
            )
        if made.repeat_interval < made.group_interval and (
            keys.repeat_interval is not None or keys.group_interval is not None
        ):
            what = "`repeat_interval` is shorter than `group_interval`: that is how often it is looked at"
            self.findings.warn(keys.node.place, what, "It is told again after `group_interval`.")

    def _check_names(self, keys: RouteKeys) -> None:
        if keys.receiver is not None:
            self._check_name("receiver", (keys.receiver,), self.receivers, keys, key="receiver")
        for key in ("mute_time_intervals", "active_time_intervals"):
            self._check_name("time interval", getattr(keys, key) or (), self.intervals, keys, key=key)

    def _check_name(
        self, what: str, names: Iterable[str], known: frozenset[str], keys: RouteKeys, *, key: str
    ) -> None:
        for at, name in enumerate(names):
            if name not in known and self.whole:
                hint = did_you_mean(name, known) or f"There are: {', '.join(sorted(known)) or 'none'}."
                self.findings.error(keys.at(key, at), f"there is no {what} `{shown(name)}`", hint)

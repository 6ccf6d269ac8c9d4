"""`route` of `alerts.yaml` -> the tree of routes, each with what it has of its parent.

Source: github.com/prometheus/alertmanager, dispatch/route.go: a route has its parent's receiver, grouping and
times where it says nothing, and never its intervals. What no incident can ever reach is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.possible import first_impossible, implied, telling, values_hint
from airflow_dataops.core.alerts.rules import ALL_TO_THE_LOG, LOG
from airflow_dataops.core.alerts.said_route import SaidRoute, resolved
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.core.alerts.route import Route
    from airflow_dataops.documents.alerts.keys import RouteKeys
    from airflow_dataops.documents.yaml.findings import Findings

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
                what = f"the root route can't have `{key}`: {why}"
                self.findings.error(keys.node.key(key), what, "Write it into a route below.")
        if keys.receiver is None and not keys.node.has("receiver"):
            what = "the root route has no `receiver`: what nothing else takes would be told to nobody"
            self.findings.error(keys.node.place, what, f"Name one; `{LOG.name}` is always there.")
        root = resolved(self._said(keys, above=()), ALL_TO_THE_LOG)
        self._check_times(root, ALL_TO_THE_LOG)
        return root

    def _said(self, keys: RouteKeys, *, above: tuple[Matcher, ...]) -> SaidRoute:
        self._check_names(keys)
        self._check_matchers(keys, above)
        return SaidRoute(
            receiver=keys.receiver,
            matchers=keys.matchers,
            group_by=keys.group_by,
            group_wait=keys.group_wait,
            group_interval=keys.group_interval,
            repeat_interval=keys.repeat_interval,
            mute=keys.mute_time_intervals or (),
            active=keys.active_time_intervals or (),
            go_on=bool(keys.go_on),
            routes=tuple(self._below(keys, (*above, *keys.matchers))),
            place=str(keys.node.place),
        )

    def _below(self, keys: RouteKeys, above: tuple[Matcher, ...]) -> Iterator[SaidRoute]:
        before: dict[Matcher | None, list[SaidRoute]] = {}
        for one in keys.routes:
            found = self._said(one, above=above)
            own = (*above, *one.matchers)
            # Only one that asks for nothing else, or for what this one says, can take all of it.
            asked = (each for key in (None, *dict.fromkeys(own)) for each in before.get(key, ()))
            taken = next((each for each in asked if implied(each.matchers, by=own)), None)
            if taken is not None and first_impossible(own) is None:
                line = taken.place.rsplit(":", 2)[1]
                self.findings.error(
                    one.node.place,
                    f"nothing ever comes here: the route in line {line} takes all of it",
                    "Write this one first, or `continue: true` there.",
                )
            if not found.go_on and self.whole:  # else a matcher may have been left out, since it is wrong
                before.setdefault(telling(found.matchers), []).append(found)
            yield found

    def _check_matchers(self, keys: RouteKeys, above: tuple[Matcher, ...]) -> None:
        wrong = first_impossible((*above, *keys.matchers))
        if wrong is not None and first_impossible(above) is None:
            what = f"no incident can match this: {' and '.join(map(str, wrong))}"
            hint = values_hint(wrong) or "Routes have the matchers of those above them as well."
            self.findings.error(keys.node.at("matchers").place, what, hint)

    def _check_times(self, route: Route, parent: Route) -> None:
        times = (route.group_interval, route.repeat_interval)
        if times[1] < times[0] and times != (parent.group_interval, parent.repeat_interval):
            what = "`repeat_interval` is shorter than `group_interval`: that is how often it is looked at"
            self.findings.warn(route.place, what, "It is told again after `group_interval`.")
        for child in route.routes:
            self._check_times(child, route)

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

"""`alert test-route`: who would be told of an incident with some labels."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.alert.typed import instant, labels
from airflow_dataops.cli.alert.unmet import unmet
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.alerts.labels import labels_declared
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.render.alerts.alert_route import heard_lines, route_lines, route_row
from airflow_dataops.usecases.alerts.try_route import try_route
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.alerts.send_test import Heard
    from airflow_dataops.usecases.alerts.try_route import TriedRoute
    from airflow_dataops.wiring.settings import Settings

TOLD, NOT_TOLD = 0, 1
"""Exit codes."""


def run(args: Namespace) -> int:
    """Run the command without a deployment, and return its exit code.

    Args:
        args: `file`, `label`, `at`, `send`, `who` and `output_format`.
    """
    here = "Without a deployment there are no connections: use `airflow dataops alert test-route`."
    if args.file is None:
        raise WrongCallError("no FILE is given", hint="Name an alerts.yaml. " + here)
    if args.send:
        raise WrongCallError("nobody can be told from here", where="--send", hint=here)
    found = tried(args.label, rules=rules_of(args.file), at=args.at or "")
    return tell(found, (), output_format=args.output_format, stream=sys.stdout)


def rules_of(file: str) -> Rules:
    """Return who is told of what, by a file.

    Raises:
        DocumentError: If it can't be read or is wrong.
    """
    from airflow_dataops.documents.alerts.rules import read_alerts

    rules, warnings = read_alerts(file)
    sys.stderr.writelines(f"warning: {problem}\n" for problem in warnings)
    return rules


def tried(
    texts: Sequence[str],
    *,
    rules: Rules,
    at: str,
    silences: Iterable[Silence] = (),
    declared: Declaration | None = None,
) -> TriedRoute:
    """Return who would be told of an incident with some labels.

    Args:
        texts: Labels, such as `team=shop`.
        rules: Who is told of what.
        at: The instant, with its zone; empty for now.
        silences: Those there are.
        declared: What the product declares: it fills in what nobody gave, and names its channels; or None.

    Raises:
        WrongCallError: If there are no such labels, or `at` is no instant.
    """
    when = instant(at, option="--at") if at else clocks.clock().now()
    given = labels(texts)
    named = {text.partition("=")[0] for text in texts}
    known = {} if declared is None else labels_declared(declared)
    filled = {name: value for name, value in known.items() if name not in named}
    return try_route(
        {**given, **filled},
        rules=rules,
        at=when,
        silences=silences,
        channels=() if declared is None else declared.channels,
        filled=sorted(filled),
    )


def tell(found: TriedRoute, heard: Sequence[Heard], *, output_format: str, stream: TextIO) -> int:
    """Print who would be told, and what those said who were told a test.

    Args:
        found: Who would be told.
        heard: What they said; nothing where nobody was told.
        output_format: `text` for people, `json` for programs.
        stream: Where to.

    Returns:
        0; 1 where somebody could not be told.
    """
    if output_format == "json":
        stream.write(json.dumps(route_row(found, heard), ensure_ascii=False, indent=2) + "\n")
    else:
        stream.writelines(f"{line}\n" for line in route_lines(found))
        if heard:
            stream.write("\n")
            stream.writelines(f"{line}\n" for line in heard_lines(heard))
    return NOT_TOLD if any(one.error for one in heard) else TOLD


def strange(texts: Sequence[str], *, settings: Settings) -> tuple[str, ...]:
    """Return which of some labels no product has that is declared: no incident would have them, either.

    Args:
        texts: Labels, such as `team=shop`.
        settings: Where the store is.

    Raises:
        WrongCallError: If there are no such labels.
        SettingsError: If the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    asked = [
        Matcher(name=name, operator=Operator.EQUAL, value=value) for name, value in labels(texts).items()
    ]
    return tuple(unmet(asked, stores.service_levels(settings).declared()))


def surroundings(
    texts: Sequence[str], *, settings: Settings
) -> tuple[tuple[Silence, ...], Declaration | None]:
    """Return the silences of a deployment, and what the product of some labels declares.

    That is None where no product is named, none of the name is declared, or several teams have one.

    Args:
        texts: Labels, such as `team=shop`.
        settings: Where the store is.

    Raises:
        WrongCallError: If there are no such labels.
        SettingsError: If the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    given = labels(texts)
    where = {name: given[name] for name in ("team", "product") if name in given}
    declared = stores.service_levels(settings).declared(**where) if "product" in where else ()
    newest = {one.team: one for one in declared}
    return alerts_of(settings).silences(), next(iter(newest.values())) if len(newest) == 1 else None

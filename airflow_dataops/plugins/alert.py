"""`airflow dataops alert …`: gives the commands about alerts the deployment's settings."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.usecases.alerts.send_test import Heard
    from airflow_dataops.usecases.alerts.try_route import TriedRoute
    from airflow_dataops.wiring.settings import Settings


def list_alerts(args: Namespace) -> int:
    """Run `alert list`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.list import show as show_list

    show_list(output_format=args.output_format, settings=settings(), stream=sys.stdout)
    return 0


def show(args: Namespace) -> int:
    """Run `alert show`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.show import show as show_one
    from airflow_dataops.cli.alert.typed import number

    show_one(
        number(args.number, of="an incident"),
        output_format=args.output_format,
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def route(args: Namespace) -> int:
    """Run `alert route`: as the operator does."""
    from airflow_dataops.bridge.alerting import alerted
    from airflow_dataops.bridge.hooks import as_server
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.route import tell
    from airflow_dataops.cli.alert.store import alerts_of
    from airflow_dataops.cli.alert.typed import length

    every = length(args.every, option="--every")
    alerts_of(settings())
    as_server()
    _log_aside()
    came = alerted(every=every)
    return tell(
        came.routed,
        came.delivered,
        came.problems,
        summary=came.summary,
        output_format=args.output_format,
        stream=sys.stdout,
        warn=sys.stderr,
    )


def ack(args: Namespace) -> int:
    """Run `alert ack`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.ack import ack as acknowledge
    from airflow_dataops.cli.alert.typed import number, who, words

    acknowledge(
        number(args.number, of="an incident"),
        who=who(args.who),
        why=words(args.why, option="--why", needed=False),
        settings=settings(),
        stream=sys.stdout,
        warn=sys.stderr,
    )
    return 0


def silence(args: Namespace) -> int:
    """Run `alert silence`."""
    from airflow_dataops.bridge.settings import environment, settings
    from airflow_dataops.cli.alert.silence import silence as silenced
    from airflow_dataops.cli.alert.typed import who, words

    silenced(
        args.matchers,
        lasts=args.length,
        start=args.start or "",
        long=args.yes,
        who=who(args.who),
        why=words(args.why, option="--why"),
        environment=environment(),
        settings=settings(),
        stream=sys.stdout,
        warn=sys.stderr,
    )
    return 0


def unsilence(args: Namespace) -> int:
    """Run `alert unsilence`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.silence import unsilence as ended
    from airflow_dataops.cli.alert.typed import number, who, words

    ended(
        number(args.number, of="a silence"),
        who=who(args.who),
        why=words(args.why, option="--why", needed=False),
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def mark(args: Namespace) -> int:
    """Run `alert mark`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.ack import mark as marked
    from airflow_dataops.cli.alert.typed import number, who, words
    from airflow_dataops.cli.wrong_call import WrongCallError

    if args.actionable == args.not_actionable:
        hint = "Say --not-actionable; or --actionable, which takes that back."
        raise WrongCallError("how it is to be marked must be said, and once", hint=hint)
    marked(
        number(args.number, of="an incident"),
        actionable=args.actionable,
        who=who(args.who),
        why=words(args.why, option="--why"),
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def test_route(args: Namespace) -> int:
    """Run `alert test-route`: by the deployment's file, silences and products."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.test_route import rules_of, strange, tell, tried
    from airflow_dataops.cli.alert.test_route import surroundings as surroundings_of

    at = settings()
    rules = rules_of(args.file) if args.file else _rules(at)
    silences, declared = surroundings_of(args.label, settings=at)
    sys.stderr.writelines(f"warning: {line}\n" for line in strange(args.label, settings=at))
    found = tried(args.label, rules=rules, at=args.at or "", silences=silences, declared=declared)
    heard = _sent(found, args.who) if args.send else ()
    return tell(found, heard, output_format=args.output_format, stream=sys.stdout)


def _rules(at: Settings) -> Rules:
    """Return who is told of what here.

    Raises:
        DocumentError: If the file that says so is wrong: a route that isn't in force would be shown.
    """
    from airflow_dataops.errors import DocumentError
    from airflow_dataops.wiring import receivers

    rules, problems = receivers.alert_rules(at)
    if problems:
        raise DocumentError(problems)
    return rules


def _sent(found: TriedRoute, who: str | None) -> tuple[Heard, ...]:
    from functools import partial
    from uuid import uuid4

    from airflow_dataops.bridge.channels import channel
    from airflow_dataops.bridge.hooks import as_server
    from airflow_dataops.cli.alert.typed import who as who_is
    from airflow_dataops.usecases.alerts.send_test import send_test
    from airflow_dataops.wiring import clocks

    as_server()
    _log_aside()
    clock = clocks.clock()
    return send_test(
        found, who=who_is(who), mark=uuid4().hex[:8], channel=partial(channel, clock=clock), clock=clock
    )


def _log_aside() -> None:
    """Let the log go to stderr, which Airflow's programs write to stdout: who is told by it is told there."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
            handler.setStream(sys.stderr)

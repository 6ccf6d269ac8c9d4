"""A person's approval, by Airflow's own operator for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core import ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.staged import StagedBatch
    from airflow_dataops.core.ticket import Ticket


class ApproveOperator(ApprovalOperator):
    """Ask a person whether an audited batch is published, while a policy `require_approval` is in force.

    While none is, it passes at once. Else the task waits, without a worker, until somebody answers on the
    page of the task in Airflow, or over its API; who may do that is a matter of Airflow's roles. `Reject`
    skips what comes after. What was said goes into the audit trail, with the name of who said it.

    Args:
        staged: What `AuditOperator` returned.
        kwargs: What Airflow's `ApprovalOperator` takes; it needs no `subject`.
    """

    template_fields: Sequence[str] = ("staged", "subject", "body")
    ui_color = "#e8f1f5"

    def __init__(self, *, staged: Ticket | XComArg, **kwargs: Any) -> None:
        # Airflow 3.3 can mark a task as failed that is answered at once; a retry asks again.
        kwargs["retries"] = max(1, kwargs.get("retries") or 0)
        super().__init__(**{"subject": "Publish though the budget is low?", **kwargs})
        self.staged = staged

    def execute(self, context: Context) -> Any:  # noqa: ANN401 - what Airflow's operator returns
        """Pass, or ask and wait.

        Raises:
            AirflowException: If the store can't be reached.
            TaskAwaitingInput: While a person is waited for.
        """
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.batches.approve import asked_for, blocked_by
        from airflow_dataops.wiring import stores

        with failing_as_airflow():
            staged = ticket.staged(self.staged)
            actions = stores.service_levels(settings())
            policy = asked_for(staged.landing.batch, actions=actions)
            blocked = blocked_by(staged.landing.batch, actions=actions)
        if policy is None:
            self.log.info("No policy asks for an approval now")
            return {"chosen_options": [], "approved": True}
        self.subject = f"Publish {staged.landing.batch}?"
        self.body = _body(staged, policy, blocked, self.body)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        """Go on, or skip what comes after, by what the person said.

        Raises:
            AirflowException: If the store can't be reached.
            HITLTimeoutError: If nobody answered in time.
        """
        if "error" not in event:
            from airflow_dataops.bridge.settings import settings
            from airflow_dataops.usecases.batches.approve import approve
            from airflow_dataops.wiring import clocks, stores

            at = settings()
            with failing_as_airflow():
                approve(
                    ticket.staged(self.staged),
                    approved=self.APPROVE in event["chosen_options"],
                    who=_who(event),
                    actions=stores.service_levels(at),
                    store=stores.store(at),
                    clock=clocks.clock(),
                )
        return super().execute_complete(context, event)


def _body(staged: StagedBatch, policy: PolicyAction, blocked: PolicyAction | None, more: str | None) -> str:
    """Return what a person has to know, in Markdown; no row is in it."""
    batch = staged.landing.batch
    lines = [
        _reason(policy),
        f"The rows passed their audit: {staged.rows} of `{batch}`, from `{staged.landing.origin}`.",
        "`Approve` publishes them. `Reject` leaves readers on what they have.",
    ]
    if blocked:
        lines.append(
            f"{_reason(blocked)} While that is so, `publish` fails even when they are approved; "
            "clear it once the policy is lifted."
        )
    return "\n\n".join((*lines, more) if more else lines)


def _reason(policy: PolicyAction) -> str:
    since = policy.since.isoformat(timespec="minutes")
    return f"**{policy.why}** (policy `{policy.action}`, in force since {since})."


def _who(event: dict[str, Any]) -> str:
    """Return who answered: a name, or what Airflow did when the time was up."""
    user = event.get("responded_by_user")
    if not user:
        return "nobody in time: the default"
    return str(user.get("name") or user.get("id"))

"""Have a person approve a batch before it is published, while a budget is too low."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.core.slo.policy import Action

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator, XComArg

    from airflow_dataops.core.product import Product
    from airflow_dataops.core.ticket import Ticket


def approval(product: Product, *, staged: Ticket | XComArg) -> list[BaseOperator]:
    """Return the task that asks a person, where a policy of a product has one asked; else nothing.

    Args:
        product: The product.
        staged: What `AuditOperator` returned.
    """
    if all(policy.action is not Action.REQUIRE_APPROVAL for policy in product.policies):
        return []
    return [approve(staged)]


def approve(staged: Ticket | XComArg, *, task_id: str = "approve", **given: Any) -> BaseOperator:
    """Return a task that asks a person, while the budget is too low, and passes while it isn't.

    It stands between `audit` and `publish`. What it needs of Airflow's standard provider is loaded here, so
    that a DAG file without such a task doesn't pay for it.

    Args:
        staged: What `AuditOperator` returned.
        task_id: What the task is called.
        given: `response_timeout`, `defaults`, `notifiers`, `assigned_users`, and what else Airflow's
            `ApprovalOperator` takes.
    """
    from airflow_dataops.operators.approval import ApproveOperator

    return ApproveOperator(task_id=task_id, staged=staged, **given)

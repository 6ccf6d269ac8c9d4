"""What a DAG says of a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a DAG says of a contract; its rules are read when a task needs them.

    Args:
        path: Its file.
        reference: What messages call it: name@version.
        dataset: The name of the dataset that the product publishes.
        status: Such as `active`.
        owner: The team that answers for it; empty when it names none.
        description: Its purpose, or empty.
        runbook: What to do when it is broken, a URL or a file beside the contract; or empty.
        service_levels: Its service levels, a line each.
        channels: Where its users are helped.
    """

    path: str = ""
    reference: str = ""
    dataset: str = ""
    status: str = ""
    owner: str = ""
    description: str = ""
    runbook: str = ""
    service_levels: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


def promise_of(contract: Contract, *, path: str) -> Promise:
    """Return what a DAG says of a contract.

    Args:
        contract: The contract.
        path: Its file, as tasks find it.
    """
    return Promise(
        path=path,
        reference=contract.reference,
        dataset=contract.datasets[0].name,
        status=contract.status,
        owner=contract.owner,
        description=contract.description,
        runbook=contract.runbook,
        service_levels=tuple(
            f"{level.promised}: {level.meaning}" if level.meaning else level.promised
            for level in contract.service_levels
        ),
        channels=contract.channels,
    )

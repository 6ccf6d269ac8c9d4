"""`slaProperties` -> service levels: indicators with exact values, elements, schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from airflow_dataops.core.contract.quantity import size
from airflow_dataops.core.contract.service_level import INDICATORS, Indicator, ServiceLevel, indicator
from airflow_dataops.documents.odcs.elements import Elements
from airflow_dataops.documents.odcs.quantity import quantity
from airflow_dataops.documents.schedule import cron
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import as_text, did_you_mean

if TYPE_CHECKING:
    from airflow_dataops.core.contract.quantity import Quantity
    from airflow_dataops.core.contract.service_level import Element
    from airflow_dataops.documents.odcs.contract_keys import ContractKeys, Level
    from airflow_dataops.documents.yaml.findings import Findings

CRON = "cron"
"""The scheduler whose schedules can be checked, and the one that is meant where none is named."""


def service_levels(keys: ContractKeys, *, whole: bool, findings: Findings) -> tuple[ServiceLevel, ...]:
    """Return the service levels of a contract; what is wrong with them goes to the findings.

    Args:
        keys: The contract.
        whole: Whether no part of the file was left out.
        findings: Where problems go.
    """
    elements = Elements(keys.objects, whole=whole, findings=findings)
    ids: dict[str, Level] = {}
    for level in keys.sla_properties:
        if level.id is not None and ids.setdefault(level.id, level) is not level:
            findings.error(
                level.at("id"),
                f"the service level `{level.id}` is there already, in line {ids[level.id].at('id').line}",
                "Give it another id.",
            )
    taken = set(ids)
    found = []
    for level in keys.sla_properties:
        name = level.id or _free(_indicator(level) or level.property, taken)
        taken.add(name)
        found.append(_service_level(level, name, keys, elements, findings))
    return tuple(found)


def _free(name: str, taken: set[str]) -> str:
    """Return a name, or the first one of `name.2`, `name.3`, … that nothing has."""
    found, count = str(name), 1
    while found in taken:
        count += 1
        found = f"{name}.{count}"
    return found


def _indicator(level: Level) -> Indicator | None:
    return indicator(level.property.strip())


def _service_level(
    level: Level, name: str, keys: ContractKeys, elements: Elements, findings: Findings
) -> ServiceLevel:
    known = _indicator(level)
    value, upper = (None, None) if known is None else _range(level, known, findings)
    if known is None:
        findings.warn(
            level.at("property"),
            f"`{shown(level.property)}` is none of the standard's indicators: nothing evaluates it",
            did_you_mean(level.property, INDICATORS) or "It is carried as it is.",
        )
    _check_schedule(level, findings)
    return ServiceLevel(
        id=name,
        name=level.property,
        text="" if level.value is None else as_text(level.value),
        indicator=known,
        value=value,
        upper=upper,
        elements=_elements(level, keys, elements),
        driver=level.driver or "",
        scheduler=level.scheduler or "",
        schedule=level.schedule or "",
        description=level.description or "",
        place=str(level.node.place),
    )


def _range(level: Level, known: Indicator, findings: Findings) -> tuple[Quantity | None, Quantity | None]:
    """Return what is promised, and the other end where it is a range."""
    kind = INDICATORS[known].kind
    if level.value is None:
        findings.warn(
            level.at("value"), f"`{shown(level.property)}` has no value: it promises nothing", "Write one."
        )
        return None, None
    value = quantity(level, "value", kind, findings)
    upper = quantity(level, "valueExt", kind, findings) if level.value_ext is not None else None
    if value is not None and known is Indicator.FREQUENCY and not size(value):
        findings.error(level.at("value"), f"`value` of `{shown(level.property)}` must be above 0")
    if value is not None and upper is not None:
        low, high = size(value), size(upper)
        if low is not None and high is not None and high < low:  # type: ignore[operator] # of one kind
            findings.error(
                level.at("valueExt"),
                f"`valueExt` of `{shown(level.property)}` is below `value`",
                "A range goes from `value` to `valueExt`.",
            )
    return value, upper


def _elements(level: Level, keys: ContractKeys, elements: Elements) -> tuple[Element, ...]:
    if level.element is not None:
        return elements.find(level.element, level.at("element"))
    if keys.sla_default_element is not None:
        return elements.find(keys.sla_default_element, keys.at("slaDefaultElement"))
    return ()


def _check_schedule(level: Level, findings: Findings) -> None:
    """Refuse a cron expression that is none; what another scheduler says is its own affair."""
    if level.schedule is None:
        if level.scheduler is not None:
            findings.warn(
                level.at("scheduler"), "`scheduler` has no `schedule`: it says nothing", "Write one."
            )
        return
    if (level.scheduler or CRON).strip().lower() != CRON:
        return
    try:
        cron(level.schedule)
    except PydanticCustomError as error:
        context = error.context or {}
        findings.error(level.at("schedule"), f"`schedule` {context['what']}", context["hint"])

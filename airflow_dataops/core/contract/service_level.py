"""Service levels: what a contract promises of the service around its rows (ODCS `slaProperties`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.contract.quantity import Quantity


class Indicator(StrEnum):
    """The indicators that a service level can speak of, as the standard writes them."""

    AVAILABILITY = "availability"
    THROUGHPUT = "throughput"
    ERROR_RATE = "errorRate"
    GENERAL_AVAILABILITY = "generalAvailability"
    END_OF_SUPPORT = "endOfSupport"
    END_OF_LIFE = "endOfLife"
    RETENTION = "retention"
    FREQUENCY = "frequency"
    LATENCY = "latency"
    TIME_TO_DETECT = "timeToDetect"
    TIME_TO_NOTIFY = "timeToNotify"
    TIME_TO_REPAIR = "timeToRepair"
    FRESHNESS = "freshness"
    TIME_OF_AVAILABILITY = "timeOfAvailability"
    COMPLETENESS = "completeness"


class Kind(StrEnum):
    """What kind of quantity an indicator is."""

    DURATION = "duration"
    RATIO = "ratio"
    RATE = "rate"
    INSTANT = "instant"
    TIME_OF_DAY = "time of day"


class Source(StrEnum):
    """What an indicator is measured from."""

    PUBLICATIONS = "publications"
    VERIFICATIONS = "verifications"
    TABLE = "published table"
    INCIDENTS = "incidents"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator is.

    Args:
        synonym: Its short name in the standard; empty where it has none.
        kind: The kind of its quantity.
        source: What it is measured from.
        measures: What is measured, in words.
    """

    synonym: str
    kind: Kind
    source: Source
    measures: str


INDICATORS: dict[Indicator, Definition] = {
    Indicator.AVAILABILITY: Definition(
        "av", Kind.RATIO, Source.PUBLICATIONS, "share of the expected batches that can be read"
    ),
    Indicator.THROUGHPUT: Definition(
        "th", Kind.RATE, Source.TABLE, "rows, bytes or requests that can be read in a unit of time"
    ),
    Indicator.ERROR_RATE: Definition(
        "er", Kind.RATIO, Source.VERIFICATIONS, "share of the rows that break the contract"
    ),
    Indicator.GENERAL_AVAILABILITY: Definition(
        "ga", Kind.INSTANT, Source.CALENDAR, "from when on the data is there for its readers"
    ),
    Indicator.END_OF_SUPPORT: Definition(
        "es", Kind.INSTANT, Source.CALENDAR, "until when what is wrong is mended"
    ),
    Indicator.END_OF_LIFE: Definition("el", Kind.INSTANT, Source.CALENDAR, "until when the data can be read"),
    Indicator.RETENTION: Definition("re", Kind.DURATION, Source.TABLE, "how long a row is kept"),
    Indicator.FREQUENCY: Definition("fy", Kind.DURATION, Source.PUBLICATIONS, "time between two updates"),
    Indicator.LATENCY: Definition(
        "ly",
        Kind.DURATION,
        Source.PUBLICATIONS,
        "from the time in `element`, or else from the landing, until the batch can be read",
    ),
    Indicator.TIME_TO_DETECT: Definition(
        "td", Kind.DURATION, Source.INCIDENTS, "from the start of what is wrong until it is detected"
    ),
    Indicator.TIME_TO_NOTIFY: Definition(
        "tn", Kind.DURATION, Source.INCIDENTS, "from its detection until the readers are told"
    ),
    Indicator.TIME_TO_REPAIR: Definition(
        "tr", Kind.DURATION, Source.INCIDENTS, "from its detection until it is mended"
    ),
    Indicator.FRESHNESS: Definition(
        "", Kind.DURATION, Source.PUBLICATIONS, "from the end of the interval until its batch can be read"
    ),
    Indicator.TIME_OF_AVAILABILITY: Definition(
        "", Kind.TIME_OF_DAY, Source.PUBLICATIONS, "by which time of the day the batch can be read"
    ),
    Indicator.COMPLETENESS: Definition(
        "", Kind.RATIO, Source.VERIFICATIONS, "share of the expected rows that were received"
    ),
}
"""Indicator -> what it is.

The first twelve and their synonyms are "Valid Values for SLA Properties" of ODCS, from the Data QoS periodic
table; the next two are in its examples and in use, the last one is ours.
"""

_BY_NAME = {
    name: indicator
    for indicator, definition in INDICATORS.items()
    for name in (indicator.casefold(), definition.synonym)
    if name
}


def indicator(name: str) -> Indicator | None:
    """Return the indicator of a name or a synonym, in upper or lower case; None if there is none."""
    return _BY_NAME.get(name.casefold())


@dataclass(frozen=True, slots=True)
class Element:
    """What a service level is measured on.

    Args:
        dataset: The name of the dataset.
        column: The column, with the way to a property inside of it written with dots; empty for all of the
            dataset.
    """

    dataset: str
    column: str = ""

    def __str__(self) -> str:
        """Return it as the standard writes it."""
        return f"{self.dataset}.{self.column}" if self.column else self.dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """One entry of `slaProperties`.

    Args:
        id: Its id, unique in the contract.
        name: What it speaks of (`property`), as the file writes it.
        text: Its value, as the file writes it.
        indicator: The indicator; None where the standard has none of the name, so that nothing evaluates it.
        value: What is promised; None without an indicator, or where the file says that there is no value yet.
        upper: The other end, where a range is promised (`valueExt`).
        elements: What it is measured on; empty for the product as a whole.
        driver: Why it matters: regulatory, analytics, operational, or another word.
        scheduler: What evaluates it on a schedule, such as `cron`.
        schedule: The schedule, as the scheduler writes it.
        description: What it means.
        place: file:line:column.
    """

    id: str
    name: str
    text: str = ""
    indicator: Indicator | None = None
    value: Quantity | None = None
    upper: Quantity | None = None
    elements: tuple[Element, ...] = ()
    driver: str = ""
    scheduler: str = ""
    schedule: str = ""
    description: str = ""
    place: str = ""

    @property
    def definition(self) -> Definition | None:
        """What the indicator is: its kind, what it measures, and from what."""
        return None if self.indicator is None else INDICATORS[self.indicator]

    @property
    def promised(self) -> str:
        """What is promised of what, such as `freshness 24 hours`."""
        value = self.text if self.value is None else str(self.value)
        return f"{self.name} {value}" if self.upper is None else f"{self.name} {value} to {self.upper}"

    @property
    def meaning(self) -> str:
        """What it means: in the words of the contract, else what would be measured; or nothing."""
        return self.description or ("" if self.definition is None else self.definition.measures)

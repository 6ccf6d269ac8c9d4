"""Whether what landed is accounted for, and whether the world still holds what the store remembers.

    landed = published + quarantined + duplicates + unparsable + withheld

Withheld are the rows of a batch that was stopped, or that is still on its way: a stopped batch publishes
nothing. A transformation may change the number of rows, so this balance holds up to `verify`; from the audit
on there is a second one: audited rows = rows of the publication = rows that readers see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage

if TYPE_CHECKING:
    from airflow_dataops.core.reconciliation.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where the rows of one landing are.

    Args:
        landed: Records of the raw copy.
        published: Those that went on to what readers see.
        quarantined: Those that broke a rule and are records.
        duplicates: Those of a drop that was skipped, since its bytes are another partition's.
        unparsable: Lines that are no record.
        withheld: Those of a batch that was stopped or is still on its way.
    """

    landed: int
    published: int = 0
    quarantined: int = 0
    duplicates: int = 0
    unparsable: int = 0
    withheld: int = 0

    @property
    def lost(self) -> int:
        """Rows that are nowhere; below zero when there are more than landed."""
        return self.landed - (
            self.published + self.quarantined + self.duplicates + self.unparsable + self.withheld
        )


def balance(record: Record) -> Balance | None:
    """Return where the rows of a partition's landing are, or None without a landing."""
    landing, judged = record.landing, record.judged
    if landing is None:
        return None
    if judged is not None and not judged.parted:
        return Balance(landed=landing.rows, withheld=judged.rows)
    if judged is not None:
        good = {"published" if record.went_on else "withheld": judged.good}
        return Balance(
            landed=landing.rows,
            quarantined=judged.bad - judged.unparsable,
            unparsable=judged.unparsable,
            **good,
        )
    if record.unjudged or Stage.AUDIT in record.verdicts:
        return Balance(landed=landing.rows)
    where = "duplicates" if record.skipped else "withheld"
    return Balance(landed=landing.rows, **{where: landing.rows})

"""Print the page on engines: `python docs/reference/engines.py > docs/reference/engines.md`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.rendered.databases import RENDERED
from airflow_dataops.testing.places import APART, HELD, PLACES, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PAGE = """\
# Engines

<!-- Printed by docs/reference/engines.py from airflow_dataops/testing/places.py: change it there. -->

Rows are judged where they lie. Whichever engine judges them, the same rows break the same rules: a rule comes
to the same number everywhere, or the engine says that it does not evaluate it, and why. The tests put the
same rows into every place, and compare each engine with DuckDB.

{places}

## What every engine evaluates

Promises of a column (`required`, types, bounds, `multipleOf`, lengths, `enum`, `format`), of a key, and row
counts. The other rules are these; a cell has the words by which an engine refuses a rule.

{rules}

Patterns and SQL may have other parts, too, that an engine refuses by name: it reads them "otherwise than RE2"
or "otherwise than DuckDB". A refused rule is not evaluated: its verdict is an error, never a pass.

Where such a rule would send rows to quarantine, nobody knows which rows are good without it. Then no rule
about the good rows is evaluated either (row counts, totals, SQL over them): each says `rows could not be
judged:` and the rule's name. Neither half is written, and nothing is published. A rule that only warns, or
that some rows may break, sends no row away, and hurts no other.

What is refused whatever the rows are is known before a run: `lint` warns of it where rows lie in PostgreSQL
or MariaDB, and `contract explain --dialect` says why.

## What is held the same, and how

{held}

## What differs by its nature

{apart}

## What a place can't hold

The tests put everything else there: NaN, infinity, -0.0, texts of 100 kB, all planes of Unicode, decimals of
38 digits, the first and the last day of the calendar.

{lacks}

## Rendered, not run

For these databases `airflow-dataops contract export` writes the SQL of the checks; nothing here runs it
there.

{rendered}

## An engine of your own

How another package adds a database is told step by step in [its how-to](../howto/own-engine.md).

An engine is what `airflow_dataops.usecases.ports.engine.Engine` asks for. It must pass the same tests.
Install pytest, Hypothesis and `airflow-provider-dataops[local]`, and say how rows are put where your engine
finds them:

```python
import pytest

from airflow_dataops.testing.engine import EngineSuite, Seat
from airflow_dataops.testing.lack import Lack


class TestMine(EngineSuite):
    @pytest.fixture
    def seat(self) -> Seat:
        return Seat(
            engine=MyEngine(),
            put=write_a_table,  # a name and a frame of polars -> a Relation
            lacks=frozenset({{Lack.NUL}}),
            refuses=("which MyEngine reads otherwise than RE2",),
        )
```

`beside` puts another table, at which foreign keys look; without it none is tried. Hypothesis's profile says
how many examples are tried; `DATAOPS_TEST_EXAMPLES=2000 pytest tests/engines/test_agreement.py` looks further
than CI does.

"""


def page() -> str:
    """Return the page."""
    own = {place.engine: place for place in PLACES.values()}
    return PAGE.format(
        places=_table(
            ("rows in", "are judged by", "a task is told by"),
            ((place.title, place.engine, place.told) for place in PLACES.values()),
        ),
        rules=_table(
            ("rule", *own),
            (
                (title, *(_cell(place.refuses, name) for place in own.values()))
                for name, title in RULES.items()
            ),
        ),
        held=_list(HELD),
        apart=_list(APART),
        lacks=_table(
            ("place", "lacks"),
            ((place.title, "; ".join(sorted(place.lacks)) or "nothing") for place in PLACES.values()),
        ),
        rendered=_table(
            ("database", "what can't be said there so that it agrees"),
            ((database.title, "; ".join(database.lacks) or "") for database in RENDERED.values()),
        ),
    )


def _cell(refuses: Mapping[str, str], name: str) -> str:
    return f'no: "{refuses[name]}"' if name in refuses else "yes"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def _list(said: Mapping[str, str]) -> str:
    return "\n".join(f"- **{what[0].upper()}{what[1:]}** {how}." for what, how in said.items())


if __name__ == "__main__":
    sys.stdout.write(page())

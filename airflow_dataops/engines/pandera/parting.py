"""Rows in a file, or in a frame that a team made: told apart by a schema, each half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.checks.breach import Breach, blamed
from airflow_dataops.core.checks.derive import SCHEMA
from airflow_dataops.core.naming import LINE_COLUMN, RESERVED_PREFIX, RULES_COLUMN
from airflow_dataops.core.rows.parted import Parted
from airflow_dataops.engines.pandera.finding import find
from airflow_dataops.engines.pandera.tool import check_installed
from airflow_dataops.engines.sql.whole import part_of, whole
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.rows.relation import Split
    from airflow_dataops.engines.pandera.library import Frame

ALONE = "good_rows_alone"
"""The rule that the good rows keep the schema when they are on their own, as they go on."""


class PanderaParter:
    """Parts rows by pandera schemas."""

    def part(self, uri: str, implementation: str, *, split: Split) -> Parted:
        """Part the rows of a Parquet file; they keep their types.

        Args:
            uri: The file.
            implementation: The schema: `/folder/module.py:Object`, or `module:Object`.
            split: Where the halves go.

        Raises:
            NotEvaluatedError: If there is no such schema, or it can't be evaluated.
            BrokenWorldError: If the rows can't be read or written.
            SettingsError: If pandera isn't installed.
        """
        check_installed()
        from airflow_dataops.engines.pandera.judging import judge_rows
        from airflow_dataops.engines.pandera.schema import schema_of

        schema = schema_of(find(implementation), place=implementation)
        rows = _read(uri)
        breaches = judge_rows(schema, rows, place=implementation)
        kept = rows.filter(~_is_in(rows.height, blamed(breaches)))
        return _written(rows, kept, breaches, split=split)

    def part_frame(self, frame: object, schema: object, *, place: str, split: Split) -> Parted:
        """Part the rows of a frame; the good ones have the types that the schema coerces them to.

        Args:
            frame: A frame of the schema's library.
            schema: A model or a schema object of pandera.
            place: What the schema is called in messages.
            split: Where the halves go.

        Raises:
            NotEvaluatedError: If it is no such frame or schema, or the schema can't be evaluated.
            BrokenWorldError: If the rows can't be written.
            SettingsError: If pandera isn't installed.
        """
        check_installed()
        from airflow_dataops.engines.pandera.judging import Judgement, judge, validated
        from airflow_dataops.engines.pandera.schema import schema_of

        ready = schema_of(schema, place=place)
        own: Frame = ready.library.own(frame)
        if own is None:
            raise NotEvaluatedError(
                f"a {type(frame).__name__} is no frame of the schema's library",
                where=place,
                hint="Return a DataFrame of the library that the schema is written for.",
            )
        judgement = Judgement(len(own))
        judge(ready, own, into=judgement, place=place)
        breaches = judgement.breaches
        good = ready.library.without(own, blamed(breaches))
        coerced = validated(ready, good)
        if coerced is None and all(breach.rows is not None or breach.warns for breach in breaches):
            breaches = (*breaches, Breach(rule=ALONE))
        kept = ready.library.rows(good if coerced is None else coerced)
        return _written(ready.library.rows(own), kept, breaches, split=split)


def _read(uri: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(uri, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        name = type(error).__name__
    raise BrokenWorldError(
        f"the staged rows can't be read ({name})",
        where=uri,
        hint="Clear the run from the task that staged them.",
    )


def _written(rows: pl.DataFrame, kept: pl.DataFrame, breaches: tuple[Breach, ...], *, split: Split) -> Parted:
    """Write both halves: the bad rows with their number, from 1, and the ids of the rules that they broke.

    Raises:
        NotEvaluatedError: If names are reserved, or the halves don't add up.
        BrokenWorldError: If they can't be written.
    """
    reserved = [name for name in rows.columns if name.casefold().startswith(RESERVED_PREFIX)]
    if reserved:
        raise NotEvaluatedError(
            f"the rows have the columns {', '.join(reserved)}",
            hint=f"Names that start with {RESERVED_PREFIX!r} are reserved: rename them.",
        )
    bad = blamed(breaches)
    if kept.height + len(bad) != rows.height:
        raise NotEvaluatedError(f"{rows.height} rows came to {kept.height} good and {len(bad)} bad ones")
    _write(kept, split.good)
    rejected = rows.filter(_is_in(rows.height, bad)).select(
        pl.Series(LINE_COLUMN, [row + 1 for row in bad], dtype=pl.Int64),
        pl.Series(RULES_COLUMN, _rules(bad, breaches), dtype=pl.List(pl.String)),
        pl.all(),
    )
    _write(rejected, split.bad)
    return Parted(rows=rows.height, good=kept.height, bad=len(bad), breaches=breaches)


def _rules(rows: Sequence[int], breaches: tuple[Breach, ...]) -> list[list[str]]:
    found = {row: [SCHEMA] for row in rows}
    for breach in breaches:
        for row in breach.rows or ():
            if row in found:
                found[row].append(f"{SCHEMA}.{breach.rule}")
    return list(found.values())


def _write(rows: pl.DataFrame, to: str) -> None:
    written = part_of(to)
    try:
        with whole(to, part=written):
            rows.write_parquet(written)
    except (OSError, pl.exceptions.PolarsError) as error:
        name = type(error).__name__
    else:
        return
    raise BrokenWorldError(
        f"rows can't be written ({name})",
        where=to,
        hint="Check the disk and the permissions, then run it again.",
    )


def _is_in(height: int, rows: Sequence[int]) -> pl.Series:
    return pl.int_range(height, eager=True).is_in(list(rows))

"""What a contract could promise of rows that were looked at: guesses, each with what it was guessed from.

A guess holds for every row that was seen, and says no value of one, except for listed values where they were
asked for. No bound, no length and no list is guessed from the extremes of a sample: tomorrow's are others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold, in_percent
from airflow_dataops.core.contract.model import (
    NESTED,
    Column,
    ColumnType,
    Dataset,
    LogicalType,
    Measure,
    QualityRule,
)
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.profile import DIGIT, LOWER, UPPER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.profile import ColumnProfile, Profile

Notes = dict[tuple[str, str], str]
"""(column or empty for the dataset, field of it) -> what the guess was made from."""

SOME = 2
"""Rows from which on a guess is made that one row would always support."""

MANY = 10
"""Values from which on a guess is made about how they look."""

FEW = 20
"""Different values, at most, that may be all there are."""

OFTEN = 10
"""How often such a value has to be there, on average."""

LONGEST = 40
"""Characters of a code or of a listed value."""

MOST_DIGITS, USUAL_DIGITS, MOST_BEHIND = 38, 18, 10
"""Digits of a decimal: at most, as it is guessed, and behind the point (more are a double's)."""

PERSONAL = re.compile(
    r"name|e?mail|phone|mobile|fax|street|address|birth|ssn|passport|iban|account|card|salary|gender|religion"
    r"|(^|_)ip(_|$)|user|login|password|token|note|comment|message|lat$|latitude|lon$|lng$|longitude"
)
"""Words in the name of a column whose values are likely somebody's own; too many rather than too few."""

PERSONAL_FORMATS = frozenset({"email", "ipv4", "ipv6"})

KEY = re.compile(r"(.*_)?(id|key|uuid|guid|code|number|nr|no)|.*[a-z](Id|Key|Number)")
"""Names of columns that tell rows apart."""

CLASSES = {UPPER: "[A-Z]", LOWER: "[a-z]", DIGIT: "[0-9]"}
PUNCTUATION = frozenset("-_./:# ")
"""What may stand in a code beside letters and digits of ASCII."""

TYPES = (
    *(LogicalType.INTEGER, LogicalType.NUMBER),
    *(LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME),
)
"""The types that are tried, before a text is one."""

NEARLY = 0.9
"""Share of the values of a text from which on it is said that they are of a type."""

TEXT = ColumnType(LogicalType.STRING)

PLURALS = {LogicalType.OBJECT: "objects", LogicalType.ARRAY: "arrays", LogicalType.MAP: "maps"}

RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Guessed:
    """A dataset that was guessed.

    Args:
        dataset: The dataset.
        notes: What each guess was made from.
    """

    dataset: Dataset
    notes: Mapping[tuple[str, str], str]


def infer(profile: Profile, name: str) -> Guessed:
    """Guess what a dataset promises that has such rows.

    Args:
        profile: What was seen, of at least one row.
        name: What the dataset shall be called.
    """
    notes: Notes = {}
    key = _key(profile)
    columns = tuple(_column(found, profile.rows, key=found is key, notes=notes) for found in profile.columns)
    notes["", "rules"] = f"guess: there {'was' if profile.rows == 1 else 'were'} {_many(profile.rows, 'row')}"
    enough = QualityRule(
        id="has_rows",
        measure=Measure.ROW_COUNT,
        threshold=Threshold(Operator.MUST_BE_GREATER_THAN, (Decimal(0),)),
        dimension="completeness",
    )
    return Guessed(Dataset(name=name, columns=columns, rules=(enough,)), notes)


def _column(found: ColumnProfile, rows: int, *, key: bool, notes: Notes) -> Column:
    column_type = type_of(found)
    name = found.name

    def noted(field: str, what: str) -> None:
        notes[name, field] = f"guess: {what}"

    noted("type", _seen(found, column_type))
    required = found.filled == rows >= SOME
    if required:
        noted("required", f"100 % of {_many(rows, 'row')}")
    elif found.filled < rows:
        noted("required", f"no value in {_percent(rows - found.filled, rows)} of {_many(rows, 'row')}")
    unique = not key and _tells_apart(found, rows) and bool(KEY.fullmatch(name))
    if key or unique:
        noted("key_position" if key else "unique", f"no value twice in {_many(rows, 'row')}")
    personal = is_personal(found)
    if personal:
        by_name = PERSONAL.search(name.lower())
        noted("classification", "by its name" if by_name else "by the format of its values")
    options = NO_OPTIONS
    rules: tuple[QualityRule, ...] = ()
    if found.filled >= MANY and not is_mixed(found):
        options = _options(found, column_type, notes)
        if _few(found, column_type) and not (key or unique or personal):
            rules = _listed(found, notes)
            options = NO_OPTIONS if rules else options
    return Column(
        name=name,
        type=column_type,
        required=required,
        unique=unique,
        key_position=1 if key else None,
        classification=RESTRICTED if personal else "",
        options=options,
        rules=rules,
    )


NO_OPTIONS = Options()


def type_of(found: ColumnProfile) -> ColumnType:
    """Return the narrowest type that every value is of; a text, where there is no value."""
    fits = {kind for kind, count in found.typed.items() if count == found.filled}
    if found.declared is not None:
        return found.declared if found.declared.logical in fits else TEXT
    if not found.filled or found.padded:  # as a number a code such as 00501 would lose its zeros
        return TEXT
    if found.words == found.filled:
        return ColumnType(LogicalType.BOOLEAN)
    logical = next((kind for kind in TYPES if kind in fits), LogicalType.STRING)
    digits = found.whole + found.scale
    exact = found.plain == found.filled and found.scale <= MOST_BEHIND and digits <= MOST_DIGITS
    if exact and logical is not LogicalType.INTEGER:
        return ColumnType(LogicalType.NUMBER, max(USUAL_DIGITS, digits), found.scale)
    return ColumnType(logical)


def is_mixed(found: ColumnProfile) -> bool:
    """Say whether objects, lists and other values stand in one column, so that no type holds for all."""
    declared = found.declared
    return (
        declared is not None
        and declared.logical in NESTED
        and found.typed.get(declared.logical, 0) < found.filled
    )


def _seen(found: ColumnProfile, column_type: ColumnType) -> str:
    """Return what a type was guessed from; of a text, also which type it nearly is."""
    if not found.filled:
        return "there was no value to tell from"
    if is_mixed(found) and found.declared is not None:
        logical = found.declared.logical
        those = _percent(found.typed.get(logical, 0), found.filled)
        return (
            f"{those} of {_many(found.filled, 'value')} are {PLURALS[logical]}, the others not: no type fits"
        )
    seen = _all(found.filled)
    kind, count = max(((kind, found.typed.get(kind, 0)) for kind in TYPES), key=lambda pair: pair[1])
    nearly = column_type == TEXT and found.declared is None and not found.padded
    if nearly and count < found.filled and count > NEARLY * found.filled:
        return f"{seen}; {_percent(count, found.filled)} are {kind}s"
    return seen


def is_personal(found: ColumnProfile) -> bool:
    """Say whether the values are likely somebody's own, by the name of the column or by their format."""
    formats = {name for name, count in found.formats.items() if found.filled and count == found.filled}
    return bool(PERSONAL.search(found.name.lower()) or formats & PERSONAL_FORMATS)


def pattern_of(shape: str) -> str:
    """Return the pattern of a shape, such as `^[A-Z]{3}-[0-9]{4}$`."""
    parts = []
    for run in re.finditer(r"(.)\1*", shape):
        one = CLASSES.get(run[1]) or ("[.]" if run[1] == "." else run[1])
        parts.append(one if len(run[0]) == 1 else f"{one}{{{len(run[0])}}}")
    return f"^{''.join(parts)}$"


def _options(found: ColumnProfile, column_type: ColumnType, notes: Notes) -> Options:
    name = found.name
    if column_type.logical in {LogicalType.INTEGER, LogicalType.NUMBER} and not found.negative:
        notes[name, "minimum"] = f"guess: none of {found.filled:,} values is below 0"
        return Options(minimum=Decimal(0))
    if column_type.logical is not LogicalType.STRING:
        return NO_OPTIONS
    formatted = next((kind for kind, count in found.formats.items() if count == found.filled), None)
    if formatted is not None:
        notes[name, "format"] = f"guess: {_all(found.filled)}"
        return Options(format=formatted)
    if _is_code(found.shape) and found.distinct > 1:
        notes[name, "pattern"] = f"guess: {_all(found.filled)} look alike"
        return Options(pattern=pattern_of(found.shape))
    return NO_OPTIONS


def _is_code(shape: str) -> bool:
    return 1 <= len(shape) <= LONGEST and set(shape) <= {*CLASSES, *PUNCTUATION} and not shape.isspace()


def _few(found: ColumnProfile, column_type: ColumnType) -> bool:
    few = 1 < found.distinct <= FEW and found.distinct * OFTEN <= found.filled
    return few and column_type.logical is LogicalType.STRING and found.longest <= LONGEST


def _listed(found: ColumnProfile, notes: Notes) -> tuple[QualityRule, ...]:
    """Return the rule that lists the values where they are known; else say how many there are."""
    seen = f"{found.distinct} different values in {found.filled:,}"
    if not found.values:
        notes[found.name, "name"] = f"{seen}: `--values` would list them"
        return ()
    notes[found.name, "rules"] = f"guess: {seen}"
    return (
        QualityRule(
            id="",
            measure=Measure.INVALID_VALUES,
            threshold=NONE,
            columns=(found.name,),
            values=found.values,
            dimension="conformity",
        ),
    )


def _key(profile: Profile) -> ColumnProfile | None:
    """Return the column that is likely the key: one whose name says so, else the first of all."""
    apart = [found for found in profile.columns if _tells_apart(found, profile.rows)]
    named = next((found for found in apart if KEY.fullmatch(found.name)), None)
    return named or next((found for found in apart if found is profile.columns[0]), None)


def _tells_apart(found: ColumnProfile, rows: int) -> bool:
    logical = type_of(found).logical
    distinct = found.integers if logical is LogicalType.INTEGER else found.distinct
    can = logical in {LogicalType.INTEGER, LogicalType.STRING} and not is_personal(found)
    can = can and not is_mixed(found)
    return can and found.filled == distinct == rows >= SOME


def _all(count: int) -> str:
    return f"100 % of {_many(count, 'value')}"


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _percent(part: int, whole: int) -> str:
    return in_percent(Fraction(100 * part, whole))

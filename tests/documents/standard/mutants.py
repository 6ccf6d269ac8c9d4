"""Contracts with one thing changed: every way of changing one is an operator of its own, with a name."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Path = tuple[str | int, ...]
"""The way to a value: keys and positions."""

Stock = dict[tuple[str, str], list[Any]]
"""What the examples have: (kind of mapping, key) -> values."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A contract in which one thing was changed.

    Args:
        operator: What was done.
        path: Where.
        contract: What came of it.
    """

    operator: str
    path: Path
    contract: dict[str, Any]


@dataclass(frozen=True)
class Spot:
    """A value in a contract that is to be changed, and what changing it may need.

    Args:
        original: The contract, which stays as it is.
        path: The way to the value.
        random: Where choices come from.
        stock: What the examples have.
    """

    original: dict[str, Any]
    path: Path
    random: random.Random
    stock: Stock

    @cached_property
    def contract(self) -> dict[str, Any]:
        """A copy of the contract, which may be changed."""
        return json.loads(json.dumps(self.original))

    @property
    def owner(self) -> Any:
        """The mapping or list in the copy that the value stands in."""
        return at(self.contract, self.path[:-1])

    @property
    def step(self) -> Any:
        """The value's key or position."""
        return self.path[-1]

    @property
    def value(self) -> Any:
        """The value in the original."""
        return at(self.original, self.path)

    def put(self, value: object) -> bool:
        """Put another value in its place; say whether it is another."""
        if same(value, self.value):
            return False
        self.owner[self.step] = copy.deepcopy(value)
        return True

    def rename(self, key: str) -> bool:
        """Give the value another key, at the same place; say whether that is a change."""
        if key in self.owner:
            return False
        entries = [(key if name == self.step else name, value) for name, value in self.owner.items()]
        self.owner.clear()
        self.owner.update(entries)
        return True


def at(contract: Any, path: Iterable[str | int]) -> Any:
    """Return the value at the end of a path."""
    for step in path:
        contract = contract[step]
    return contract


def spots(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the way to every value below."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in entries:
        yield (*path, step)
        yield from spots(child, (*path, step))


def kind(path: Path) -> str:
    """Return what sort of mapping stands at a path: the last key on the way to it."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def stock(contracts: Iterable[object]) -> Stock:
    """Return the values that contracts have, by the sort of mapping and the key; the same value once."""
    found: Stock = {}
    for contract in contracts:
        for path in spots(contract):
            if isinstance(path[-1], str):
                values = found.setdefault((kind(path[:-1]), path[-1]), [])
                value = at(contract, path)
                if not any(same(value, other) for other in values):
                    values.append(value)
    return found


def same(one: object, other: object) -> bool:
    """Say whether two values are the same, true and 1 being none."""
    return type(one) is type(other) and one == other


def garbled(word: str, chance: random.Random) -> str:
    """Return a word with one letter left out, doubled, replaced, or changed with its neighbour."""
    if not word:
        return "x"
    place = chance.randrange(len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    match chance.randrange(5):
        case 0:
            return before + after
        case 1:
            return before + letter * 2 + after
        case 2:
            return before + chance.choice("aeiostrn") + after
        case 3:
            return before + letter.swapcase() + after
        case _:
            return before + after[:1] + letter + after[1:]


def drop(spot: Spot) -> bool:
    """Leave a key or an entry out."""
    del spot.owner[spot.step]
    return True


def untype(spot: Spot) -> bool:
    """Leave the type of a property out."""
    return spot.step == "logicalType" and drop(spot)


def misspell(spot: Spot) -> bool:
    """Change one letter of a key."""
    return isinstance(spot.step, str) and spot.rename(garbled(spot.step, spot.random))


def rename(spot: Spot) -> bool:
    """Give a value another key of the standard, one that such a mapping has."""
    if not isinstance(spot.step, str):
        return False
    return spot.rename(spot.random.choice(keys_of(spot, spot.path[:-1]) or [spot.step]))


def keys_of(spot: Spot, path: Path) -> list[str]:
    """Return the keys that such a mapping has in some example."""
    return [key for sort, key in spot.stock if sort == kind(path)]


def unknown(spot: Spot) -> bool:
    """Add a key that nobody knows."""
    if not isinstance(spot.value, dict):
        return False
    spot.owner[spot.step]["unheardOf"] = spot.random.choice([1, "x", None, [], {}])
    return True


def graft(spot: Spot) -> bool:
    """Add a key of the standard that such a mapping may have, with a value that it has elsewhere."""
    return give(spot, keys_of(spot, spot.path), sort=kind(spot.path))


def stray(spot: Spot) -> bool:
    """Add a key of the standard that belongs to another sort of mapping."""
    sort, key = spot.random.choice(sorted(spot.stock))
    return give(spot, [key], sort=sort)


def give(spot: Spot, keys: list[str], *, sort: str) -> bool:
    """Add one of some keys, with a value that it has in another mapping of a sort."""
    if not isinstance(spot.value, dict):
        return False
    missing = sorted(set(keys) - set(spot.value))
    if not missing:
        return False
    key = spot.random.choice(missing)
    spot.owner[spot.step][key] = copy.deepcopy(spot.random.choice(spot.stock[sort, key]))
    return True


def borrow(spot: Spot) -> bool:
    """Put in a value that the same key has elsewhere."""
    values = spot.stock.get((kind(spot.path[:-1]), str(spot.step)), [])
    return bool(values) and spot.put(spot.random.choice(values))


def hoist(spot: Spot) -> bool:
    """Move a key to the next mapping above."""
    above = spot.path[:-1]
    while above and not (above[:-1] != spot.path[:-1] and isinstance(at(spot.contract, above[:-1]), dict)):
        above = above[:-1]
    if not above or not isinstance(spot.step, str):
        return False
    owner = at(spot.contract, above[:-1])
    if owner is spot.owner or spot.step in owner:
        return False
    owner[spot.step] = spot.owner.pop(spot.step)
    return True


def sink(spot: Spot) -> bool:
    """Move a key into a mapping that stands beside it."""
    if not isinstance(spot.step, str):
        return False
    beside = [
        inner
        for key, child in spot.owner.items()
        if key != spot.step
        for inner in (child if isinstance(child, list) else [child])
        if isinstance(inner, dict) and spot.step not in inner
    ]
    if not beside:
        return False
    spot.random.choice(beside)[spot.step] = spot.owner.pop(spot.step)
    return True


def repeat(spot: Spot) -> bool:
    """Write an entry of a list twice."""
    if not isinstance(spot.step, int):
        return False
    spot.owner.insert(spot.step, copy.deepcopy(spot.value))
    return True


def garble(spot: Spot) -> bool:
    """Change one letter of a text."""
    if not isinstance(spot.value, str):
        return False
    return spot.put(garbled(spot.value, spot.random))


def put(*values: object, instead_of: type | tuple[type, ...]) -> Callable[[Spot], bool]:
    """Return the operator that puts one of some values in the place of a value of a type."""

    def operator(spot: Spot) -> bool:
        wanted = instead_of if isinstance(instead_of, tuple) else (instead_of,)
        return type(spot.value) in wanted and spot.put(spot.random.choice(values))

    return operator


def change(how: Callable[[Any], Any], instead_of: tuple[type, ...]) -> Callable[[Spot], bool]:
    """Return the operator that computes another value from one of some types."""

    def operator(spot: Spot) -> bool:
        return type(spot.value) in instead_of and spot.put(how(spot.value))

    return operator


def only(key: str, *values: object) -> Callable[[Spot], bool]:
    """Return the operator that puts one of some values at one key."""

    def operator(spot: Spot) -> bool:
        return spot.step == key and spot.put(spot.random.choice(values))

    return operator


def old(spot: Spot) -> bool:
    """Put a rule in the place of another, as v3.0 wrote them."""
    rules = (
        {"rule": "nullCheck"},
        {"rule": "validValues", "validValues": ["a", "b"]},
        {"rule": "duplicateCount", "mustBe": 0},
        {"type": "library", "rule": "rowCount", "mustBeBetween": [1, 9]},
        {"rule": "nosuch", "mustBeLessThan": 1},
    )
    return spot.path[-2:-1] == ("quality",) and spot.put(spot.random.choice(rules))


def turn(spot: Spot) -> bool:
    """Turn two bounds around."""
    return spot.step in {"mustBeBetween", "mustNotBeBetween"} and spot.put(spot.value[::-1])


NUMBER = (int, float)
FLAGS = (True, False)
ANY = (str, int, float, bool, list, dict)

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
TYPES = (
    *("string", "integer", "number", "boolean", "date", "timestamp"),
    *("time", "object", "array", "map", "vector", "nosuch"),
)

OPERATORS: dict[str, Callable[[Spot], bool]] = {
    "leave out": drop,
    "misspell the key": misspell,
    "rename the key": rename,
    "add an unknown key": unknown,
    "add a key of the standard": graft,
    "add a key of another place": stray,
    "move the key up": hoist,
    "move the key down": sink,
    "borrow a value": borrow,
    "repeat the entry": repeat,
    "change one letter": garble,
    "nothing": put(None, instead_of=ANY),
    "text to number": put(0, 1, 17, -3, 2.5, instead_of=str),
    "text to flag": put(*FLAGS, instead_of=str),
    "text to list": change(lambda value: [value], (str,)),
    "text to mapping": change(lambda value: {"value": value}, (str,)),
    "text to upper case": change(str.upper, (str,)),
    "text to something with blanks": change("{} !".format, (str,)),
    "text to a day": put("2026-02-28", "2026-02-30", instead_of=str),
    "empty text": put("", instead_of=str),
    "blank text": put("  ", instead_of=str),
    "number to text": change(str, NUMBER),
    "number to flag": put(*FLAGS, instead_of=NUMBER),
    "number to list": change(lambda value: [value], NUMBER),
    "negative number": change(lambda value: -abs(value) - 1, NUMBER),
    "zero": put(0, instead_of=NUMBER),
    "huge number": put(10**30, 1e300, instead_of=NUMBER),
    "fraction": change(lambda value: value + 0.5, NUMBER),
    "flag to text": put("true", "yes", "no", "", instead_of=bool),
    "flag to number": put(0, 1, instead_of=bool),
    "flag to its opposite": change(lambda value: not value, (bool,)),
    "list to text": put("x", instead_of=list),
    "list to mapping": change(lambda value: dict.fromkeys("a", value), (list,)),
    "empty list": put([], instead_of=list),
    "list of a list": change(lambda value: [value], (list,)),
    "list to its first entry": change(lambda value: value[0] if value else {}, (list,)),
    "turn the bounds around": turn,
    "mapping to list": change(lambda value: [value], (dict,)),
    "mapping to text": put("x", instead_of=dict),
    "empty mapping": put({}, instead_of=dict),
    "another apiVersion": only("apiVersion", *VERSIONS, "v2.2.2", "3.1.0", "v3.3.0"),
    "another server": only("type", "api", "athena", "oracle", "custom", "duckdb", "nosuch"),
    "another kind of rule": only("type", "library", "sql", "custom", "text", "nosuch"),
    "another type": only("logicalType", *TYPES),
    "no type": untype,
    "another metric": only("metric", "rowCount", "nullValues", "duplicateValues", "nosuch"),
    "a rule of v3.0": old,
    "another pattern": only("pattern", "(", "[a", "a(?=b)", "x{1001}", "^[a-z]*$"),
    "another time zone": only("defaultTimezone", "Europe/Berlin", "Mars/Olympus", ""),
    "another query": only("query", "SELECT (", "DELETE FROM x", "SELECT 1 FROM {object}; SELECT 2"),
    "another implementation": only("implementation", "a b", "m:O", {"expect": 1}, 7),
    "other digits": only("physicalType", "numeric(99,2)", "decimal(3,9)", "numeric(10, 2)", "numeric()"),
    "another name": only("name", "dataops_x", "ß" * 300, "a.b", "Id"),
    "another id": only("id", "a b", "unparsable", "a_b-c9", "ü"),
    "another reference": only("to", "a.b", "a", "schema/a/properties/b", ["a.b"], [], "a b.c"),
}
"""What is done to one value -> the function that does it, and says whether anything has changed."""


def mutants(
    contract: dict[str, Any],
    *,
    seed: str,
    each: int,
    stock: Stock,
    operators: Iterable[str] = OPERATORS,
) -> Iterator[Mutant]:
    """Yield mutants of a contract: so many by each operator, or fewer where they are not to be had.

    Args:
        contract: What is changed, and stays as it is.
        seed: Where choices come from; the same seed yields the same mutants.
        each: How many by each operator.
        stock: What the examples have, see `stock`.
        operators: What is done, of the names above.
    """
    paths = list(spots(contract))
    for name in operators:
        chance = random.Random(f"{seed} {name}")  # noqa: S311 - the same mutants each time
        # What stands at one place is changed several times, where no other place can be changed so.
        order = [path for _ in range(each) for path in chance.sample(paths, len(paths))]
        made: list[object] = []
        for path in order:
            if len(made) == each:
                break
            spot = Spot(contract, path, chance, stock)
            if OPERATORS[name](spot) and not any(same(spot.contract, other) for other in made):
                made.append(spot.contract)
                yield Mutant(name, path, spot.contract)

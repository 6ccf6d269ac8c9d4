from __future__ import annotations

import pytest

from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import DocumentError

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
"""
"""What is added starts in line 9."""

PROPERTY = "      - "
RULE = "    quality:\n      - "

WRONG = {
    "entries of what is no array": (
        PROPERTY + "{name: n, logicalType: map, items: {}, map: {key: {}, value: {}}}",
        [
            (
                "9:37: `items` belongs to the type array, this is map. "
                "Write `logicalType: array`, or leave `items` out."
            )
        ],
    ),
    "properties of what is no object": (
        PROPERTY + "{name: n, logicalType: string, properties: []}",
        [
            (
                "9:40: `properties` belongs to the type object, this is string. "
                "Write `logicalType: object`, or leave `properties` out."
            )
        ],
    ),
    "a map without its halves": (
        PROPERTY + "{name: n, logicalType: map}",
        ["9:9: `map` is missing. A map has the types of its `key` and `value`."],
    ),
    "an option without a type": (
        PROPERTY + "{name: n, logicalTypeOptions: {minLength: 1}}",
        ["9:40: `minLength` needs a `logicalType` beside it. Write one."],
    ),
    "an option of another type, far down": (
        PROPERTY
        + "{name: n, logicalType: array, items: {logicalType: string, logicalTypeOptions: {minimum: 1}}}",
        ["9:89: `minimum` is no option of the type string. It has: minLength, maxLength, pattern, format."],
    ),
    "a bound of times that is a number, far down": (
        PROPERTY
        + "{name: n, logicalType: array, items: {logicalType: time, logicalTypeOptions: {minimum: 1}}}",
        ["9:96: `minimum` of a time must be a text. Put it in quotes."],
    ),
    "a vector without dimensions": (
        PROPERTY + "{name: n, logicalType: vector, logicalTypeOptions: {normalized: true}}",
        ["9:60: `dimensions` is missing. A vector has as many."],
    ),
    "a distance that nobody knows": (
        PROPERTY
        + "{name: n, logicalType: vector, logicalTypeOptions: {dimensions: 3, distanceMetric: cosin}}",
        [
            (
                "9:92: `distanceMetric` must be "
                "`cosine`, `dotProduct`, `euclidean`, `hamming` or `manhattan`, "
                'it is the text "cosin". Did you mean `cosine`?'
            )
        ],
    ),
    "an object that asks for a key twice": (
        PROPERTY + "{name: n, logicalType: object, logicalTypeOptions: {required: [a, a]}}",
        ["9:71: `required` has a twice. Keep one of them."],
    ),
    "a reference of one column to two": (
        "    relationships: [{from: orders.id, to: [a.b, a.c]}]",
        ["9:39: `from` and `to` must both be a text, or both a list. List one for each other."],
    ),
    "a reference to nothing": (
        "    relationships: [{from: [orders.id], to: []}]",
        ["9:45: `to` must have an entry"],
    ),
    "a query of a library rule": (
        RULE + "{metric: rowCount, mustBe: 1, query: SELECT 1}",
        [
            (
                "10:39: `query` is no key of a rule of type `library`. "
                "It has: metric, rule, arguments, validValues, and one operator."
            )
        ],
    ),
    "a rule without a type, but with an engine": (
        RULE + "{engine: pandera, implementation: 'a:B'}",
        [
            (
                "10:10: `engine` is no key of a rule of type `library`. "
                "It has: metric, rule, arguments, validValues, and one operator."
            ),
            (
                "10:27: `implementation` is no key of a rule of type `library`. "
                "It has: metric, rule, arguments, validValues, and one operator."
            ),
        ],
    ),
    "an implementation that is a list": (
        RULE + "{type: custom, engine: other, implementation: [a]}",
        ["10:55: `implementation` must be a text or a mapping, it is a list"],
    ),
    "a port with a fraction": (
        "servers: [{server: s, type: denodo, host: h, port: 1.5}]",
        ["9:52: `port` must be a whole number, it is the number 1.5"],
    ),
    "days that are none": (
        'team: {members: [{username: a, dateIn: "2026-02-30", dateOut: 2026-1-1}]}',
        [
            '9:40: `dateIn` must be a day such as `2026-03-01`, it is the text "2026-02-30"',
            '9:63: `dateOut` must be a day such as `2026-03-01`, it is the text "2026-1-1"',
        ],
    ),
    "an instant without a zone": (
        "contractCreatedTs: 2026-03-01T06:00:00",
        [
            (
                "9:20: `contractCreatedTs` must be a time such as `2026-03-01T06:00:00Z`, "
                'it is the text "2026-03-01T06:00:00"'
            )
        ],
    ),
    "a context that is a list": (
        "context: [a]",
        ["9:10: `context` must be a mapping of keys, it is a list"],
    ),
}


def told(tmp_path, added: str) -> list[str]:
    """Return what is wrong in a contract to which something was added."""
    file = tmp_path / "orders.odcs.yaml"
    file.write_text(f"{CONTRACT}{added}\n")
    try:
        read_contract(file)
    except DocumentError as error:
        return [str(problem).removeprefix(f"{file}:") for problem in error.problems]
    return []


@pytest.mark.parametrize(("added", "expected"), WRONG.values(), ids=WRONG)
def test_what_a_type_does_not_have_is_refused(tmp_path, added, expected):
    """Options, parts and keys that a type doesn't have, and values of another form, are named."""
    assert expected == told(tmp_path, added)


@pytest.mark.parametrize(
    "added",
    [
        PROPERTY + "{name: n, logicalType: array, items: {properties: [{name: a, logicalType: string}]}}",
        PROPERTY
        + "{name: n, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: time}}}",
        RULE + "{type: text, description: Fine.}",
        RULE + "{type: custom, engine: other, implementation: {a: 1}}",
        "servers: [{server: s, type: denodo, host: h, port: 9999}]",
        'servers: [{server: s, type: denodo, host: h, port: "{{ port }}"}]',
        'contractCreatedTs: "2026-03-01T06:00:00.5+01:00"',
        "context: Ask for days.",
    ],
)
def test_what_a_type_has_is_read(tmp_path, added):
    """What the standard allows is read."""
    assert [] == told(tmp_path, added)

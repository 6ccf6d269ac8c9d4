"""Whatever stands in a file, reading it comes to a value or to a DocumentError, never to more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.documents.odcs import read_contract
from airflow_dataops.documents.pipeline import read_product
from airflow_dataops.errors import DocumentError

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"
READERS = {
    "orders.dag.yaml": read_product,
    "orders.odcs.yaml": read_contract,
    "orders_landing.odcs.yaml": read_contract,
}
PLACE = re.compile(r"[^\n]+?(:[1-9][0-9]*:[1-9][0-9]*)?")

TOKENS = st.sampled_from(
    [
        *(
            "0",
            "-1",
            "1e999",
            "1.10",
            "true",
            "null",
            "yes",
            "''",
            "[]",
            "{}",
            "[a, [b]]",
            "{a: {b: c}}",
            "*x",
            "&x",
        ),
        *(
            "!!int 3",
            "|",
            '"\\u0000"',
            "'{partition}'",
            "2026-02-30",
            "@daily",
            "(?=x)",
            "{object}",
            "- -",
            "? a",
        ),
        *(
            "type: sql",
            "mustBe: [1]",
            "metric: rowCount",
            "- ",
            "  ",
            "\n",
            ":",
            "#",
            "quality:",
            "items:",
            "enum:",
        ),
        *("\u2028", "\x85", "\t", "ß" * 300, "9" * 400, "a.b", "SELECT", "};{"),
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the sample that a test may break."""
    made = tmp_path_factory.mktemp("orders")
    for file in SAMPLE.iterdir():
        if file.is_file():
            (made / file.name).write_bytes(file.read_bytes())
    return made


def read_it(folder: Path, name: str, content: bytes) -> None:
    """Read a file that was changed, and put it back; what is wrong must have a place and be one line."""
    (folder / name).write_bytes(content)
    told = None
    try:
        READERS[name](folder / name)
    except DocumentError as error:
        told = error.problems
    (folder / name).write_bytes((SAMPLE / name).read_bytes())
    assert told != ()
    for problem in told or ():
        assert PLACE.fullmatch(problem.place)
        assert problem.what
        assert "\n" not in str(problem)


@st.composite
def mutations(draw):
    """A file of the sample in which a few pieces are replaced, doubled, or taken out."""
    name = draw(st.sampled_from(sorted(READERS)))
    text = (SAMPLE / name).read_text()
    for _ in range(draw(st.integers(1, 4))):
        words = list(re.finditer(r"[^\s:]+|:|\s+", text))
        word = draw(st.sampled_from(words))
        piece = draw(
            TOKENS | st.just("") | st.just(word[0] * 2) | st.sampled_from(words).map(lambda other: other[0])
        )
        text = text[: word.start()] + piece + text[word.end() :]
    return name, text.encode()


@settings(max_examples=250, deadline=None)
@given(mutations())
def test_a_broken_sample_is_a_document_error(folder, mutation):
    """A file of the sample in which anything is broken is read, or refused with places."""
    read_it(folder, *mutation)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_document_error(folder, name, content):
    """A file that holds anything at all is read, or refused with places."""
    read_it(folder, name, content)

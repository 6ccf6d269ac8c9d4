from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.documents.yaml.node import NODE, Numeral
from airflow_dataops.documents.yaml.reader import DEEPEST, Assembly, read, read_all
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.yaml.node import Node


def parsed(text: str) -> Node:
    """Return the outermost value of a text that has no problem."""
    assembly = Assembly("f.yaml")
    root = assembly.of(text)
    assert assembly.problems == []
    return root


def told(content: bytes | str, tmp_path: Path) -> list[str]:
    """Return what reading a file comes to, without the folder."""
    file = tmp_path / "f.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        problems = read(file).problems
    except DocumentError as error:
        problems = error.problems
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in problems]


BROKEN = {
    "empty": ("", ["f.yaml:1:1: the file is empty"]),
    "blanks only": (" \n\n", ["f.yaml:1:1: the file is empty"]),
    "comments only": ("# nothing\n", ["f.yaml:1:1: the file is empty"]),
    "byte order mark only": (b"\xef\xbb\xbf", ["f.yaml:1:1: the file is empty"]),
    "tab as indentation": (
        "a:\n\tb: 1\n",
        [
            (
                "f.yaml:2:1: a text can't start with this character. "
                "Put the text in quotes; indent with blanks, not tabs."
            )
        ],
    ),
    "tab in a text": (
        "a: 1\n\tb: 2\n",
        ["f.yaml:2:1: a tab stands where YAML wants blanks. Indent with blanks."],
    ),
    "not UTF-8": (
        b"a: 1\nname: caf\xe9\n",
        ["f.yaml:2:10: the file is not UTF-8: byte 0xe9 can't be here. Save it as UTF-8."],
    ),
    "NUL": (
        b"a: 1\nb: x\0y\n",
        [
            (
                "f.yaml:2:5: a control character (U+0000) can't be in a text file. "
                "Remove it, or check that this is the right file."
            )
        ],
    ),
    "binary": (
        b"PK\x03\x04\x14\x00",
        [
            (
                "f.yaml:1:3: a control character (U+0003) can't be in a text file. "
                "Remove it, or check that this is the right file."
            )
        ],
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        ["f.yaml:2:1: a second document starts here. Write one file for each."],
    ),
    "duplicate key": (
        "a: 1\nb: 2\na: 3\n",
        ["f.yaml:3:1: `a` stands here for the second time, first in line 1. Keep one of them."],
    ),
    "every duplicate key": (
        "a: {x: 1, x: 2}\nb:\n  y: 1\n  y: 2\n",
        [
            "f.yaml:1:11: `x` stands here for the second time, first in line 1. Keep one of them.",
            "f.yaml:4:3: `y` stands here for the second time, first in line 3. Keep one of them.",
        ],
    ),
    "merge key": (
        "a: &a {x: 1}\nb:\n  <<: *a\n",
        ["f.yaml:3:3: merge keys (`<<`) are not read. Write the keys out."],
    ),
    "tag of a list": (
        "a: !!set [x]\n",
        [
            (
                "f.yaml:1:4: the tag `tag:yaml.org,2002:set` is not read. "
                "Write the value without it; put a text in quotes."
            )
        ],
    ),
    "alias to a list as a key": ("a: &x [1]\n*x : 1\n", ["f.yaml:2:1: a key must be a text"]),
    "list in the wrong place": (
        "a: - b\n",
        [
            (
                "f.yaml:1:4: this is no YAML: block sequence entries are not allowed in this context. "
                "Check the lines above."
            )
        ],
    ),
    "custom tag": (
        "a: !python/object:os.system x\n",
        [
            (
                "f.yaml:1:4: the tag `!python/object:os.system` is not read. "
                "Write the value without it; put a text in quotes."
            )
        ],
    ),
    "alias to itself": (
        "a: &a\n  - *a\n",
        ["f.yaml:2:5: the alias `*a` stands for something that it is part of"],
    ),
    "alias to nothing": (
        "a: *b\n",
        ["f.yaml:1:4: there is no `&b` above this alias. Put a text that starts with `*` in quotes."],
    ),
    "key that is a list": ("? [a]\n: b\n", ["f.yaml:1:3: a key must be a text"]),
    "colon in a text": (
        "a: b: c\n",
        ["f.yaml:1:5: a `:` stands where no key can be. Put the text in quotes, or check the indentation."],
    ),
    "open list": (
        "a: [1, 2\n",
        ["f.yaml:2:1: a `,` or `]` was expected here. Close the list that starts with `[`."],
    ),
    "open quote": ('a:\n  - "x\n', ["f.yaml:2:5: a quote is opened and never closed. Close it."]),
    "percent sign": (
        "share: %20\n",
        [
            (
                "f.yaml:1:8: a text can't start with this character. "
                "Put the text in quotes; indent with blanks, not tabs."
            )
        ],
    ),
    "wrong indentation": (
        "a:\n  b: 1\n c: 2\n",
        ["f.yaml:3:2: a key was expected here. Check the indentation and the quotes of the lines above."],
    ),
    "unknown escape": (
        'a: "\\d"\n',
        [r"f.yaml:1:5: there is no such escape. Write `\\` for a backslash, or use '…'."],
    ),
    "flow bomb": ("[" * 200_000, [f"f.yaml:1:{DEEPEST + 1}: the values are nested more than 60 levels deep"]),
    "block bomb": (
        "- " * 50_000,
        [f"f.yaml:1:{2 * DEEPEST + 1}: the values are nested more than 60 levels deep"],
    ),
    "alias bomb": (
        "a0: &a0 ["
        + "x, " * 10
        + "]\n"
        + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 10}]\n" for n in range(1, 20)),
        ["f.yaml:5:55: the file stands for more than 100000 values. Write fewer aliases."],
    ),
}


@pytest.mark.parametrize(("content", "expected"), BROKEN.values(), ids=BROKEN)
def test_read_says_what_is_broken_and_where(content, expected, tmp_path):
    """Whatever is wrong with a file as YAML is a problem with its line and column, and a hint."""
    assert expected == told(content, tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("none.yaml", "No such file or directory"), ("", "Is a directory"), ("x" * 300, "File name too long")],
)
def test_read_says_why_a_file_cannot_be_read(name, expected, tmp_path):
    """A file that isn't there, or is a folder, is a problem in the words of the operating system."""
    with pytest.raises(DocumentError) as caught:
        read(tmp_path / name)
    assert f"{tmp_path / name}: can't be read: {expected}" == str(caught.value)


def test_read_refuses_what_never_ends():
    """A device is no file that people write: it is refused before a byte of it is read."""
    with pytest.raises(DocumentError) as caught:
        read("/dev/zero")
    assert str(caught.value) == "/dev/zero: can't be read: it is no ordinary file"


def test_read_refuses_a_name_that_no_file_can_have():
    """A NUL in a file's name is a problem, not a crash."""
    with pytest.raises(DocumentError, match="no file can have this name"):
        read("a\0b")


def test_read_takes_the_fingerprint_of_the_bytes(tmp_path):
    """The fingerprint is the sha256 of the file, comments and blanks included."""
    file = tmp_path / "f.yaml"
    file.write_bytes(b"a:  1 # one\r\n")
    assert hashlib.sha256(b"a:  1 # one\r\n").hexdigest() == read(file).fingerprint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (word, word)
            for word in ("on", "off", "yes", "no", "y", "n", "Yes", "0x1F", "0o17", "1:30", "1_000")
        ),
        *((word, word) for word in ("2026-03-01", "2026-03-01T10:00:00Z", ".inf", ".nan", "1.2.3", "tRue")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((f'"{word}"', word) for word in ("true", "null", "1.10", "")),
        ("!!str 1.10", "1.10"),
    ],
)
def test_scalar_is_what_yaml_1_2_says(text, expected):
    """Only true and false are booleans, dates stay text, and quotes make a text of anything."""
    value = parsed(f"a: {text}").at("a").value
    assert (expected, type(expected)) == (value, type(value))


@pytest.mark.parametrize("text", ["0", "-1", "+1", "1.10", "99.9", "012", ".5", "1.", "1e3", "1E-3", "-0.0"])
def test_number_keeps_its_text(text):
    """A number is the text that stands in the file: 1.10 isn't 1.1."""
    value = parsed(f"a: {text}").at("a").value
    assert (text, Numeral) == (value, type(value))


def test_node_knows_the_place_of_each_key_and_value():
    """Keys and values have the line and column at which they start, also behind letters of several bytes."""
    root = parsed("é: {ü: [1, ß]}\nb:\n  - c: d\n")
    assert (1, 1) == (root.key("é").line, root.key("é").column)
    assert (1, 5) == (root.at("é").key("ü").line, root.at("é").key("ü").column)
    assert (1, 12) == (root.at("é", "ü", 1).place.line, root.at("é", "ü", 1).place.column)
    assert "f.yaml:3:8" == str(root.at("b", 0, "c").place)


def test_node_at_returns_the_nearest_that_exists():
    """A path that leads nowhere ends at the last node that there is."""
    root = parsed("a: [{b: 1}]")
    assert root.at("a", 0) is root.at("a", 0, "c", "d")
    assert root.at("a") is root.at("a", 7)


def test_alias_stands_for_what_it_names():
    """An alias is its anchor's value, with the anchor's place."""
    root = parsed("a: &x [1]\nb: *x\n")
    assert root.at("a") is root.at("b")


def test_places_names_every_key():
    """Every key has its place under the way to it, written with dots."""
    assert dict(parsed("a:\n  b: 1\n  c: {d: 2}\n").places()) == {
        "a": "f.yaml:1:1",
        "a.b": "f.yaml:2:3",
        "a.c": "f.yaml:3:3",
        "a.c.d": "f.yaml:3:7",
    }


TEXTS = st.text(alphabet=st.sampled_from("ab: -[]{},\n\t\"'&*!|>#%@?0.~<\\é"), max_size=60)


@given(TEXTS | st.text(max_size=60))
def test_read_raises_nothing_else(text):
    """Whatever the text, reading it comes to a node or to a DocumentError with at least one problem."""
    told = None
    try:
        Assembly("f.yaml").of(text)
    except DocumentError as error:
        told = error.problems
    except yaml.reader.ReaderError:
        # Characters that `decoded` refuses before the parser sees them.
        assert not all(sign.isprintable() or sign in "\n\t\r" for sign in text)
    assert told != ()


@given(st.binary(max_size=80))
def test_read_raises_nothing_else_for_bytes(tmp_path_factory, content):
    """Whatever the bytes, reading the file comes to a document or to a DocumentError."""
    file = tmp_path_factory.mktemp("bytes") / "f.yaml"
    file.write_bytes(content)
    told = None
    try:
        read(file)
    except DocumentError as error:
        told = error.problems
    assert told != ()


VALUES = st.recursive(
    st.booleans()
    | st.none()
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


def without_nodes(value):
    """Return a plain value as its writer had it."""
    if isinstance(value, dict):
        return {key: without_nodes(child) for key, child in value.items() if key != NODE}
    return [without_nodes(child) for child in value] if isinstance(value, list) else value


@given(VALUES)
def test_read_returns_what_was_written(value):
    """What is written as JSON, which is YAML, is read back equal."""
    text = json.dumps({"a": value}, ensure_ascii=False)
    assert {"a": value} == without_nodes(parsed(text).plain())


def documents(text: str, tmp_path: Path) -> list[object]:
    """Return what the documents of a file hold."""
    file = tmp_path / "f.yaml"
    file.write_text(text)
    return [
        document.root.value if document.root.keys else str(document.root.value) for document in read_all(file)
    ]


SEVERAL = {
    "one": ("a\n", ["a"]),
    "two": ("a\n---\nb\n", ["a", "b"]),
    "with marks": ("--- a\n...\n---\nb\n...\n", ["a", "b"]),
    "an empty one between": ("a\n---\n---\nb\n", ["a", "b"]),
    "an empty one at the end": ("a\n---\n", ["a"]),
}


@pytest.mark.parametrize(("text", "expected"), SEVERAL.values(), ids=SEVERAL)
def test_several_documents(text, expected, tmp_path):
    """Those of a file, in their order; empty ones are left out."""
    assert expected == documents(text, tmp_path)


def test_documents_know_where_they_stand(tmp_path):
    """Line and column are those of the file."""
    file = tmp_path / "f.yaml"
    file.write_text("a: 1\n---\n\n  b: 2\n")
    assert ["1:1", "4:3"] == [str(one.root.place).removeprefix(f"{file}:") for one in read_all(file)]


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n", "~\n"])
def test_no_document_is_an_empty_file(text, tmp_path):
    """Nothing in it was meant to be something."""
    with pytest.raises(DocumentError, match=r"f\.yaml:1:1: the file is empty"):
        documents(text, tmp_path)


def test_an_anchor_is_one_of_its_document(tmp_path):
    """YAML 1.2, 7.1: another document doesn't know it."""
    with pytest.raises(DocumentError, match=r"f\.yaml:3:4: there is no `&x` above this alias"):
        documents("a: &x 1\n---\nb: *x\n", tmp_path)


def test_problems_of_several_documents_are_told_once(tmp_path):
    """With the first one."""
    file = tmp_path / "f.yaml"
    file.write_text("a: 1\na: 2\n---\nb: 1\nb: 2\n")
    assert [2, 0] == [len(document.problems) for document in read_all(file)]

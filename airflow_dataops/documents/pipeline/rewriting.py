"""A pipeline file with another template and other parameters; all else stays as people wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from airflow_dataops.documents.pipeline.schema_line import of_template
from airflow_dataops.documents.yaml.reader import resolved
from airflow_dataops.documents.yaml.writer import WORDS, single_text
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@%/-]*")
"""Texts that stand without quotes where they stood without."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a text that is replaced.

    Args:
        start: Where it starts.
        end: Where it ends, after its last character.
        by: What comes there.
    """

    start: int
    end: int
    by: str


def rewritten(
    text: str, *, template: str, old: Mapping[str, object], new: Mapping[str, object], file: str
) -> str:
    """Return the text of a pipeline file with another template and other parameters.

    Args:
        text: The text; a file that could be read.
        template: The template that it names from now on; empty where it names none.
        old: Its parameters.
        new: What they shall be.
        file: Its name, for what is said.

    Raises:
        DocumentError: If it is written in a way that this can't change.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise _refused(file, "the file is no mapping of keys")
    pairs = {key.value: (key, value) for key, value in root.value}
    edits = []
    if template and "template" in pairs:
        edits.append(_scalar(pairs["template"][1], template))
    if old != new:
        edits += _params(Text(text, file), root, pairs, old=old, new=new)
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.by + text[edit.end :]
    if template and "template" in pairs:
        return of_template(text, old=pairs["template"][1].value, new=template)
    return text


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and the ends of its lines.

    Args:
        text: The text.
        file: Its file.
    """

    text: str
    file: str

    def line(self, at: int) -> int:
        """Return where the line starts in which a character stands."""
        return self.text.rfind("\n", 0, at) + 1

    def after(self, at: int) -> int:
        """Return where the line after a character starts."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def is_alone(self, start: int, end: int) -> bool:
        """Say whether there is nothing else on the lines of a piece, but for a comment."""
        rest = self.text[end : self.after(end)].strip()
        return not self.text[self.line(start) : start].strip() and (not rest or rest.startswith("#"))


def _params(
    text: Text,
    root: yaml.MappingNode,
    pairs: Mapping[str, tuple[yaml.Node, yaml.Node]],
    *,
    old: Mapping[str, object],
    new: Mapping[str, object],
) -> Iterator[Edit]:
    if "params" not in pairs:
        yield _appended(text, root, new)
        return
    key, mapping = pairs["params"]
    if not isinstance(mapping, yaml.MappingNode):
        raise _refused(text.file, "`params` is an alias or empty")
    if not new:
        yield _removed(text, key, mapping, flow=root.flow_style)
        return
    entries = {key.value: (key, value) for key, value in mapping.value}
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    for name in list(gone):
        other = next((other for other in come if new[other] == old[name]), None)
        if other is not None:
            gone.remove(name)
            come.remove(other)
            yield _scalar(entries[name][0], other)
    for name in new:
        if name in old and old[name] != new[name]:
            yield _scalar(entries[name][1], new[name], file=text.file)
    change = _in_flow if mapping.flow_style else _in_lines
    yield from change(text, mapping, entries, gone=gone, come={name: new[name] for name in come})


def _in_lines(
    text: Text,
    _: yaml.MappingNode,
    entries: Mapping[str, tuple[yaml.Node, yaml.Node]],
    *,
    gone: list[str],
    come: Mapping[str, object],
) -> Iterator[Edit]:
    """Yield the edits of a mapping that has a line for each key."""
    kept = [name for name in entries if name not in gone]
    if come and kept:
        key, value = entries[kept[-1]]
        at = text.after(_end(value))
        lead = "" if text.text[:at].endswith("\n") else "\n"
        yield Edit(at, at, lead + _lines(come, " " * key.start_mark.column))
    elif come:
        # No line is left that another one could follow: what comes takes the place of the first that goes.
        key, _value = entries[gone[0]]
        at = text.line(key.start_mark.index)
        yield Edit(at, at, _lines(come, " " * key.start_mark.column))
    for name in gone:
        yield _removed(text, *entries[name], flow=False)


def _in_flow(
    text: Text,
    mapping: yaml.MappingNode,
    entries: Mapping[str, tuple[yaml.Node, yaml.Node]],
    *,
    gone: list[str],
    come: Mapping[str, object],
) -> Iterator[Edit]:
    """Yield the edits of a mapping in braces."""
    names = list(entries)
    if gone:
        # Written anew: where a comma belongs to is not worth knowing.
        left = [text.text[entries[name][0].start_mark.index : _end(entries[name][1])] for name in names]
        kept = [part for name, part in zip(names, left, strict=True) if name not in gone]
        if "\n" in text.text[mapping.start_mark.index : mapping.end_mark.index]:
            raise _refused(text.file, "`params` is in braces over several lines")
        kept += [f"{_written(name)}: {_written(value)}" for name, value in come.items()]
        yield Edit(mapping.start_mark.index, mapping.end_mark.index, "{" + ", ".join(kept) + "}")
    elif come:
        at = _end(entries[names[-1]][1]) if names else mapping.start_mark.index + 1
        more = ", ".join(f"{_written(name)}: {_written(value)}" for name, value in come.items())
        yield Edit(at, at, f", {more}" if names else more)


def _appended(text: Text, root: yaml.MappingNode, new: Mapping[str, object]) -> Edit:
    if root.flow_style:
        raise _refused(text.file, "the file is written in braces")
    at = len(text.text)
    lead = "" if text.text.endswith("\n") else "\n"
    return Edit(at, at, f"{lead}params:\n{_lines(new, '  ')}")


def _removed(text: Text, key: yaml.Node, value: yaml.Node, *, flow: bool) -> Edit:
    start, end = key.start_mark.index, _end(value)
    if flow or not text.is_alone(start, end):
        raise _refused(text.file, f"`{key.value}` shares its line with another key")
    return Edit(text.line(start), text.after(end), "")


def _lines(values: Mapping[str, object], indent: str) -> str:
    return "".join(f"{indent}{_written(name)}: {_written(value)}\n" for name, value in values.items())


def _written(value: object) -> str:
    """Return a value of plain JSON types as YAML, on one line."""
    match value:
        case str() if _is_plain(value):
            return value
        case str():
            return single_text(value)
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return "{" + ", ".join(f"{_written(key)}: {_written(one)}" for key, one in value.items()) + "}"
        case _:
            return json.dumps(value)


def _is_plain(value: object) -> bool:
    """Say whether a value is a text that stands without quotes where one stood without."""
    return (
        isinstance(value, str)
        and PLAIN.fullmatch(value) is not None
        and value.lower() not in WORDS
        and type(resolved(value)) is str
    )


def _scalar(node: yaml.Node, by: object, *, file: str = "") -> Edit:
    """Return the edit of a text or a key; the quotes that people wrote stay."""
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        raise _refused(file, "a value is written over several lines")
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        raise _refused(file, "a value is written over several lines")
    quote = node.style if isinstance(node, yaml.ScalarNode) and node.style in {"'", '"'} else ""
    written = f"{quote}{by}{quote}" if quote and _is_plain(by) else _written(by)
    return Edit(node.start_mark.index, node.end_mark.index, written)


def _end(node: yaml.Node) -> int:
    """Return where a value ends; that of a mapping or a list without brackets is the end of its last part."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _refused(file: str, what: str) -> DocumentError:
    hint = "Nothing was changed; write it key by key, a line each, or change it by hand."
    return DocumentError((Problem(file, what, hint),))

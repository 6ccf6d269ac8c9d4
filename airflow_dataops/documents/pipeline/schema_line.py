"""The comment of a pipeline file that names its JSON Schema to editors."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

LINE = re.compile(r"(?m)^(#[ \t]*yaml-language-server:[ \t]*\$schema=)(\S+)")
"""As the YAML language server reads it: the words, and the schema's address."""


def schema_line(address: str) -> str:
    """Return the comment that names a schema, without its `#`."""
    return f"yaml-language-server: $schema={address}"


def schema_named(text: str) -> str:
    """Return the address of the schema that a file names; empty where it names none."""
    found = LINE.search(text)
    return found[2] if found else ""


def of_template(text: str, *, old: str, new: str) -> str:
    """Return a text that names the schema of another template, where it named that of the old one.

    Args:
        text: The text of a pipeline file.
        old: The template that it was of; its schema is called as it.
        new: The template that it is of from now on.
    """
    found = LINE.search(text)
    if found is None or PurePosixPath(found[2]).name != f"{old}.json":
        return text
    address = PurePosixPath(found[2]).with_name(f"{new}.json")
    return f"{text[: found.start(2)]}{address}{text[found.end(2) :]}"

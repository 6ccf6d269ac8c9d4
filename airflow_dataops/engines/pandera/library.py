"""What has to be known of the library of a schema's frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl
    from pandera.errors import SchemaError

Frame: TypeAlias = Any
"""A frame of pandas or polars."""

Part: TypeAlias = Any
"""A schema of pandera, or a column of one: its classes differ by library, and none is typed."""


class Library(Protocol):
    """Frames of one library."""

    def unfit(self, schema: Part, rows: pl.DataFrame) -> Iterator[tuple[str, list[int]]]:
        """Yield columns that can't be shown as the schema wants, and the rows whose nulls are to blame."""
        ...

    def frame(self, schema: Part, rows: pl.DataFrame) -> Frame:
        """Return rows as a frame, each column in the type that is said in docs/howto/pandera.md."""
        ...

    def own(self, frame: object) -> Frame | None:
        """Return a frame that people made, with its rows numbered from 0; None for one of another library.

        Raises:
            NotEvaluatedError: If it has an index that would be lost.
        """
        ...

    def rows(self, frame: Frame) -> pl.DataFrame:
        """Return the rows of a frame, to be written.

        Raises:
            NotEvaluatedError: If a column holds what can't be written.
        """
        ...

    def without(self, frame: Frame, rows: Sequence[int]) -> Frame:
        """Return the frame without some rows, numbered anew from 0."""
        ...

    def coerced(self, schema: Part, frame: Frame) -> Frame:
        """Return a frame that can be coerced as the schema coerces it."""
        ...

    def named(self, error: SchemaError, frame: Frame) -> list[int] | None:
        """Return the rows that an error of pandera blames, each once; None where it blames none."""
        ...

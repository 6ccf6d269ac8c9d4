"""Several files of one folder that change together.

What they are to say is written beside them first, in one file that appears whole. With it the change is
decided: each file is replaced, and that one goes last. A command that is killed before has changed nothing;
what one that is killed in between has left, the next one finishes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import write
from airflow_dataops.documents.below import files_below
from airflow_dataops.documents.yaml.text import is_there, read_text
from airflow_dataops.errors import Problem, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UPGRADE = ".upgrade"
"""How the name of a decided upgrade ends: no reader of products looks at it."""


def upgrade_of(pipeline: Path) -> Together:
    """Return the upgrade of a pipeline file and what lies beside it."""
    return Together(pipeline.with_name(f".{pipeline.name}{UPGRADE}"))


def interrupted(folder: Path) -> Iterator[Problem]:
    """Yield a warning for each upgrade below a folder that didn't come to its end."""
    for file in files_below(folder, UPGRADE):
        hint = f"Type `airflow-dataops dag upgrade {file.parent}` again."
        yield Problem(str(file), "an upgrade was interrupted while files were replaced", hint)


@dataclass(frozen=True, slots=True)
class Together:
    """A change of several files that was decided.

    Args:
        decided: The file that holds it, beside those that change.
    """

    decided: Path

    @property
    def is_decided(self) -> bool:
        """Whether one was begun, and didn't come to its end."""
        return is_there(self.decided)

    def decide(self, texts: Mapping[Path, str]) -> None:
        """Say what files are to be; none of them changes yet.

        Args:
            texts: File -> its text; all lie beside that of the change.

        Raises:
            BrokenWorldError: If it can't be written.
        """
        change = {file.name: {"was": _digest(read_text(file)), "text": text} for file, text in texts.items()}
        part = self.decided.with_name(f"{self.decided.name}.part")
        write(json.dumps(change, indent=1) + "\n", str(part), replace=True)
        part.replace(self.decided)

    def finish(self) -> tuple[Path, ...]:
        """Replace what isn't yet as it was decided, and return the files that changed.

        Raises:
            SettingsError: If somebody has changed one in between: then none is replaced.
            DocumentError: If one can't be read.
            BrokenWorldError: If one can't be written.
        """
        texts = {}
        for name, one in self._change().items():
            file = self.decided.with_name(name)
            now = read_text(file)
            if now == one["text"]:
                continue
            if _digest(now) != one["was"]:
                what = "it was changed after an upgrade of it had been interrupted"
                hint = f"Nothing was changed; remove {self.decided} to begin anew."
                raise SettingsError(what, where=str(file), hint=hint)
            texts[file] = one["text"]
        for file, text in texts.items():
            write(text, str(file), replace=True)
        return tuple(texts)

    def forget(self) -> None:
        """Let go of the change: it has come to its end."""
        self.decided.unlink(missing_ok=True)

    def _change(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(read_text(self.decided))
            return {
                Path(name).name: {key: one[key] for key in ("was", "text")} for name, one in found.items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            what, hint = "it is no change that was decided", "Nothing was changed; remove it."
            raise SettingsError(what, where=str(self.decided), hint=hint) from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

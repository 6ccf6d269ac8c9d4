"""Files that are called nearly as those that are read, so that nothing reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.documents.below import files_below
from airflow_dataops.documents.pipeline.layers import DEFAULTS, ENVIRONMENT, SUFFIX
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORT = ".yml"
OURS = re.compile(r"(.+\.(dag|odcs|openslo)|.+\.dag\..+|defaults|alerts)\.yml")
"""Names with the other suffix of YAML, which Airflow and others read as well."""

OF_ENVIRONMENT = re.compile(r"(.+)\.dag\.(.+)\.yaml")


def misnamed(folder: Path) -> Iterator[Problem]:
    """Yield a warning for each file below a folder that its name keeps from being read."""
    every = files_below(folder, SUFFIX, SHORT)
    there = frozenset(every)
    for file in every:
        if OURS.fullmatch(file.name):
            hint = f"Call it `{shown(file.name.removesuffix(SHORT))}{SUFFIX}`."
            yield Problem(str(file), f"nothing reads this: it doesn't end in `{SUFFIX}`", hint)
        found = OF_ENVIRONMENT.fullmatch(file.name)
        if found is None:
            continue
        of = f"{found[1]}.dag{SUFFIX}"
        if not ENVIRONMENT.fullmatch(found[2]):
            what = f"nothing reads this: no environment can be called `{shown(found[2])}`"
            yield Problem(str(file), what, "Use letters, digits, `_` and `-`.")
        elif file.with_name(of) not in there:
            what = (
                f"nothing reads this: there is no `{shown(of)}` beside it, of which it would change something"
            )
            yield Problem(
                str(file), what, f"Call both alike; what counts for several stands in `{DEFAULTS}`."
            )

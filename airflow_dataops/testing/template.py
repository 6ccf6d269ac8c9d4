"""What every DAG template must pass; in a test: `assert () == template_problems("batch@1")`.

    imports     a template stands alone: `dag eject` prints it as a file of its own
    params      each has a description and a default
    sample      a product beside the template; of an older version, it goes over by `upgraded`
    stable      the sample's DAG is the same in another process and in another checkout
    parity      the ejected file makes the same DAG, without the factory and without any YAML
    versioned   each parameter is in the DAG that Airflow stores, so that another value is another version

DAGs are built by processes of their own, three for all templates that are tested together.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.errors import DataOpsError
from airflow_dataops.testing.dag_hashes import hashes
from airflow_dataops.testing.template_modules import foreign_imports, unsaid
from airflow_dataops.testing.template_products import EXAMPLES, arranged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.testing.template_products import Built

VARIABLE = "AIRFLOW__DATAOPS__TEMPLATE_PATHS"


@dataclass(slots=True)
class Trial:
    """A template, and what is wrong with it.

    Args:
        name: Such as `batch@1`.
        passed: What it passed.
        problems: What is wrong, and what to do.
    """

    name: str
    passed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def note(self, what: str, problems: Iterable[str]) -> None:
        """Note what was looked at, and what is wrong."""
        found = [f"{what}: {problem}" for problem in problems]
        self.problems += found
        if not found:
            self.passed.append(what)


def template_problems(*names: str, folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return what is wrong with templates.

    Args:
        names: Such as `batch@1`.
        folders: Folders with templates that the deployment doesn't know.
    """
    trials = template_trials(names, folders=folders)
    return tuple(f"{trial.name}: {problem}" for trial in trials for problem in trial.problems)


def template_trials(names: Iterable[str], *, folders: Sequence[Path] = ()) -> tuple[Trial, ...]:
    """Return what came of templates, each by itself.

    Args:
        names: Such as `batch@1`.
        folders: Folders with templates that the deployment doesn't know.

    Raises:
        SettingsError: If there is no such template.
    """
    with known(folders), tempfile.TemporaryDirectory(prefix="dataops-") as place:
        trials, built = [], {}
        for at, name in enumerate(names):
            if not shelf().has(name):
                template_named(name)  # which says what there is
            trials.append(trial := Trial(name))
            step = "imports"
            try:
                trial.note(step, foreign_imports(name))
                step = "params"
                trial.note(step, unsaid(name))
                step = "sample"
                built[name] = arranged(name, Path(place, str(at)))
                trial.note(step, ())
            except (DataOpsError, LookupError) as error:
                trial.note(step, [str(error)])
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module of people does when it is loaded
                trial.note(step, [" ".join(f"{type(error).__name__}: {error}".split())])
        here = hashes([file for one in built.values() for file in one.here])
        elsewhere = hashes([one.elsewhere for one in built.values()], seed="4711")
        away = ("airflow_dataops.factory", "airflow_dataops.documents")
        ejected = hashes([one.ejected for one in built.values()], without=away)
        for trial in trials:
            if trial.name in built:
                judge(trial, built[trial.name], here | elsewhere | ejected)
        return tuple(trials)


@contextmanager
def known(folders: Sequence[Path]) -> Iterator[None]:
    """Let folders of templates be known here, and in processes that are started."""
    before = os.environ.get(VARIABLE)
    more = [str(folder.absolute()) for folder in folders]
    every = dict.fromkeys((*(before or "").split(","), *more))
    os.environ[VARIABLE] = ",".join(filter(None, every))
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def judge(trial: Trial, built: Built, found: dict[Path, dict[str, str]]) -> None:
    """Note what the DAGs of a template say about it."""
    first = found[built.sample]
    if "error" in first:
        trial.note("build", [first["error"]])
        return
    for what, file, hint in (
        ("stable", built.elsewhere, "take nothing from the clock, from sets, or from where the file lies"),
        ("parity", built.ejected, "take everything from the product and the parameters"),
    ):
        other = found[file]
        problem = other.get("error") or ("" if other == first else f"it makes another DAG; {hint}")
        trial.note(what, filter(None, [problem]))
    trial.note("versioned", _unversioned(built, found))


def _unversioned(built: Built, found: dict[Path, dict[str, str]]) -> Iterator[str]:
    for key, pairs in built.varied.items():
        results = [(found[file], found[other]) for file, other in pairs]
        if any("hash" in one and "hash" in other and one != other for one, other in results):
            continue
        errors = [one["error"] for pair in results for one in pair if "error" in one]
        if not results or len(errors) >= len(results):
            why = f" ({errors[0]})" if errors else ""
            hint = f"give its Field `examples=[…]`, or {EXAMPLES}"
            yield f"no other value of `{key}` could be tried{why}; {hint}"
        else:
            yield f"another `{key}` makes the same DAG; hand it to an operator that has it in template_fields"

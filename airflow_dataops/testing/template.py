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

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.cli.dag.render import rendered
from airflow_dataops.cli.dag.upgraded import upgraded_texts
from airflow_dataops.documents.pipeline import read_definition
from airflow_dataops.documents.rewriting import rewritten
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.documents.pipeline import Definition

VARIABLE = "AIRFLOW__DATAOPS__TEMPLATE_PATHS"

OURS = ("core", "bridge", "operators", "sensors")
"""Packages of ours that a template may import, and that an ejected file needs."""

HASHES = """
import json, runpy, sys
given = json.load(sys.stdin)
for name in given["without"]:
    sys.modules[name] = None  # whoever imports it fails
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
found = {}
for file in given["files"]:
    try:
        dag = runpy.run_path(file)["dag"]
        dag.validate()
        found[file] = {"hash": SerializedDagModel.hash(DagSerialization.to_dict(dag))}
    except BaseException as error:
        found[file] = {"error": f"{type(error).__name__}: {error}"}
print("\\n" + given["answer"] + json.dumps(found))
"""

ANSWER = "dataops: "
"""What the line begins with that holds what was found: a template may print what it likes."""

LOAD = "from airflow_dataops.factory.dags import load_dag\n\ndag = load_dag(__file__)\n"

CANDIDATES: tuple[object, ...] = (
    *(True, False, 0, 1, 2, 3, 0.5, 7, 60),
    *("other", "1h", "2d", "7", "0.5", "UTC", "2026-01-02", "other.sql", "|"),
    *(["other"], ["a.b"], [1], {}, {"other": "value"}, {"other": 1}),
)
"""Values that a parameter may have, tried in this order after those that its field names."""

AGAIN = "again_"
"""What is put before the name of a file or a folder of the sample that a parameter names."""

EXAMPLES = "EXAMPLES"
"""What a template's parameters may be besides those of its sample: a list of mappings in `params_v1.py`."""

PATIENCE = 60
"""Seconds that a process has to start, and each DAG to be built: Airflow gives a DAG file 30."""

MOST = 3
"""Values of a parameter for which a DAG is built."""


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


@dataclass(frozen=True, slots=True)
class Built:
    """The files of a template whose DAGs are built.

    Args:
        sample: That of its sample product.
        elsewhere: The same in another checkout.
        ejected: The sample as a file of its own.
        varied: Parameter -> the files of two products, between which it alone has another value.
    """

    sample: Path
    elsewhere: Path
    ejected: Path
    varied: dict[str, list[tuple[Path, Path]]]

    @property
    def here(self) -> list[Path]:
        """The files that the factory builds from this checkout."""
        pairs = [pair for pairs in self.varied.values() for pair in pairs]
        return list(dict.fromkeys((self.sample, *(file for pair in pairs for file in pair))))


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


def foreign_imports(name: str) -> Iterator[str]:
    """Yield the imports by which a template would not stand alone."""
    for stem, allowed in (("v", {"airflow", "pydantic"}), ("params_v", {"pydantic"})):
        file = shelf().file(name, stem)
        for line, module in _imports(ast.parse(file.read_text(encoding="utf-8"), file.name).body):
            top, _, rest = module.partition(".")
            ours = top == "airflow_dataops" and rest.partition(".")[0] in OURS[: 1 if stem != "v" else None]
            if not ours and top not in {*allowed, *sys.stdlib_module_names}:
                shown = module or "a module beside it"
                yield f"{file.name}:{line} imports {shown}; an ejected file would not have it"


def _imports(body: Iterable[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield the line and the module of each import that runs; a relative one has an empty name."""
    for node in body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _imports(node.orelse)
                continue
            case ast.Import():
                yield from ((node.lineno, one.name) for one in node.names)
            case ast.ImportFrom():
                yield node.lineno, "" if node.level else node.module or ""
            case _:
                inner = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
                yield from _imports(inner)


def unsaid(name: str) -> Iterator[str]:
    """Yield the parameters that have no description or no default."""
    for key, of in template_named(name).params.model_fields.items():
        if not of.description:
            yield f"`{key}` has no description; give its Field one"
        if of.is_required():
            yield f"`{key}` has no default; a product that says nothing must have one"


def arranged(name: str, place: Path) -> Built:
    """Write the products whose DAGs are built.

    Raises:
        LookupError: If there is no sample.
        DataOpsError: If it is wrong.
    """
    origin = shelf().file(name).parent
    sample = sample_of(name, origin)
    texts = _on(name, sample)

    def copy(to: str) -> Path:
        folder = place / to / origin.name
        shutil.copytree(origin, folder, ignore=shutil.ignore_patterns("__pycache__", "drops"))
        for beside in origin.parent.iterdir():  # a sample may read the contract of another one
            if beside.is_dir() and beside != origin:
                (folder.parent / beside.name).symlink_to(beside)
        made = folder / sample.parent.relative_to(origin)
        for file, text in texts.items():
            (made / file.name).write_text(text, encoding="utf-8")
        (made / "dag.py").write_text(LOAD, encoding="utf-8")
        return made / sample.name

    first, second, third = (copy(to) for to in ("here", "else/where", "ejected"))
    definition = read_definition(str(first), shelf=shelf())
    third.with_name("dag.py").write_text(
        rendered(read_definition(str(third), shelf=shelf())), encoding="utf-8"
    )
    model, usual = template_named(name).params, definition.product.params

    def product(to: str, params: dict[str, object]) -> Path:
        file = copy(to)
        text = file.read_text(encoding="utf-8")
        file.write_text(rewritten(text, template="", old=usual, new=params, file=str(file)), encoding="utf-8")
        return file

    bases = [(first, usual)]
    for at, params in enumerate(getattr(shelf().module(name, "params_v"), EXAMPLES, ())):
        bases.append((product(f"example_{at}", params), params))
    varied: dict[str, list[tuple[Path, Path]]] = {key: [] for key in model.model_fields}
    for key, pairs in varied.items():
        for base, (file, params) in enumerate(bases):
            now = model.model_validate(params).model_dump(mode="json")
            for at, other in enumerate(others(definition, key, usual=params)):
                made = product(f"{key}_{base}_{at}", other)
                _again(made.parent, now[key])
                pairs.append((file.with_name("dag.py"), made.with_name("dag.py")))
    return Built(first.with_name("dag.py"), second.with_name("dag.py"), third.with_name("dag.py"), varied)


def sample_of(name: str, folder: Path) -> Path:
    """Return the pipeline file of a template's sample: on this version, else on the newest one before it.

    Raises:
        LookupError: If there is none.
    """
    family, _, version = name.partition("@")
    found: dict[int, Path] = {}
    for file in sorted(folder.glob("*/*.dag.yaml")):
        template = read_definition(str(file), shelf=shelf()).product.template
        if template.partition("@")[0] == family and int(template.partition("@")[2]) <= int(version):
            found.setdefault(int(template.partition("@")[2]), file)
    if not found:
        raise LookupError(f"there is no product on `{name}` in a folder beside it; write one to copy")
    return found[max(found)]


def _on(name: str, sample: Path) -> dict[Path, str]:
    """Return the texts that bring a sample to a version; none where it is on it."""
    old = read_definition(str(sample), shelf=shelf())
    return {} if old.product.template == name else upgraded_texts(sample, old, name)


def others(
    found: Definition, key: str, *, usual: dict[str, object] | None = None
) -> Iterator[dict[str, object]]:
    """Yield parameters of a product in which one has another value.

    Args:
        found: The product.
        key: The parameter.
        usual: What its parameters are otherwise; by default its own.
    """
    model = template_named(found.product.template).params
    usual = found.product.params if usual is None else usual
    now = model.model_validate(usual).model_dump(mode="json")
    schema = model.model_json_schema()
    options = [
        *_named(schema["properties"].get(key, {}), schema.get("$defs", {})),
        *([f"{AGAIN}{now[key]}"] if _is_part(found.folder, now[key]) else []),
        *sorted({file.stem for file in found.folder.rglob("*") if file.is_file()} - {str(now[key])}),
        *CANDIDATES,
    ]
    seen = [now]
    for value in options:
        given = {**usual, key: value}
        try:
            dumped = model.model_validate(given).model_dump(mode="json")
        except ValidationError:
            continue
        if dumped not in seen:
            seen.append(dumped)
            yield given
            if len(seen) > MOST:
                return


def _is_part(folder: Path, value: object) -> bool:
    """Say whether a parameter names a file or a folder that lies in the product's folder."""
    return isinstance(value, str) and value in {part.name for part in folder.iterdir()}


def _again(folder: Path, value: object) -> None:
    """Put a file or a folder that a parameter names into the product's folder once more, by another name."""
    if not _is_part(folder, value):
        return
    part, again = folder / str(value), folder / f"{AGAIN}{value}"
    if part.is_dir():
        shutil.copytree(part, again)
    else:
        shutil.copy(part, again)


def _named(schema: dict[str, Any], models: dict[str, Any]) -> Iterator[object]:
    """Yield the values that a parameter's schema names."""
    if "$ref" in schema:
        schema = models[schema["$ref"].rpartition("/")[2]]
    yield from schema.get("examples", ())
    yield from schema.get("enum", ())
    for many in ("anyOf", "oneOf"):
        for one in schema.get(many, ()):
            yield from _named(one, models)


def hashes(
    files: Sequence[Path], *, seed: str = "0", without: Sequence[str] = ()
) -> dict[Path, dict[str, str]]:
    """Return the hash by which Airflow tells versions apart, of the DAG in each file, or its error.

    Args:
        files: The DAG files.
        seed: By which Python hashes texts.
        without: Modules that can't be imported there.
    """
    if not files:
        return {}
    patience = PATIENCE * (1 + len(files))
    try:
        ran = subprocess.run(  # noqa: S603 - it is this Python
            [sys.executable, "-c", HASHES],
            check=False,
            capture_output=True,
            text=True,
            input=json.dumps(
                {"files": [str(file) for file in files], "without": list(without), "answer": ANSWER}
            ),
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=files[0].parent,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return {file: {"error": f"the DAGs are not built after {patience} seconds"} for file in files}
    said = [line for line in ran.stdout.splitlines() if line.startswith(ANSWER)]
    if ran.returncode or not said:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return {file: {"error": f"Python ended: {last}"} for file in files}
    found: dict[str, dict[str, str]] = json.loads(said[-1].removeprefix(ANSWER))
    return {Path(file): result for file, result in found.items()}


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

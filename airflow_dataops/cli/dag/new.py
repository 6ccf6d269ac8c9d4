"""`dag new`: the folder of a product, with all that it takes to run."""

from __future__ import annotations

import errno
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.data import landed_files
from airflow_dataops.cli.dag.draft import Given, pipeline, written
from airflow_dataops.cli.dag.first_test import FILE, first_test
from airflow_dataops.cli.dag.given import definition, shelf, template_named
from airflow_dataops.cli.dag.schema import schema_text
from airflow_dataops.cli.output import write as replaced_whole
from airflow_dataops.cli.places import near
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.pipeline.keys import CONTRACT_SUFFIX
from airflow_dataops.documents.pipeline.layers import TOPS
from airflow_dataops.documents.yaml.text import is_there
from airflow_dataops.errors import BrokenWorldError, DocumentError, Problem, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from airflow_dataops.cli.dag.drop_name import DropName

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,249}")

THERE = "there is something of this name already"
"""What is said of a folder, also where another command makes it at the same time."""

SCHEMAS = ".schemas"
"""The folder of the schemas by which editors check pipeline files."""

STUB_FILE = "dag.py"
"""What Airflow looks for."""

TOLD = {
    "depends_on": "Say with --depends-on after which products it runs.",
    "consumes": "Say with --consumes which products it reads.",
}
"""Key that a template needs, and that only a person can know -> how it is told."""

TAKEN = {
    "depends_on": "depends_on",
    "consumes": "consumes",
    "transform": "transform",
    "contract": "contract",
    "table": "target",
    "conn_id": "target",
}
"""Option -> the key that a template must take for it."""

MORE = (
    *("data", "team", "owner", "description", "schedule", "timezone", "start_date", "param"),
    *("contract", "table"),
)
"""Options that say more than the product's name and its template."""

ANOTHER = "product"
"""The parameter of a template that looks at what another product publishes."""

OURS = frozenset({"contract", "source", "target", "transform"})
"""Keys that a template needs, and that are written without being told."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `name`, `template`, `data`, `header`, `no_header`, how the file is written, and what the
            pipeline says.

    Raises:
        SettingsError: If the folder is there, there is no such template, or it can't be written without more.
        DocumentError: If what was typed can't stand in a pipeline file, or defaults above it are wrong.
        BadDataError: If the file of data has no row, or isn't what its name says.
        BrokenWorldError: If the file can't be read, or the folder can't be written.
    """
    folder = Path(args.name)
    name = folder.absolute().name
    if not NAME.fullmatch(name):
        what = "this can't be the name of a product"
        raise SettingsError(what, where=args.name, hint="Use letters, digits, `_`, and then `-` and `.`.")
    if is_there(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(THERE, where=args.name, hint="Nothing was changed; take another name.")
    given = given_by(args, name)
    check(given)
    schema = schemas(folder) / f"{given.template.name}.json"
    files = dict(written(given))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as made:
            place(given, files, Path(made, name), schema)
            files[f"{name}.dag.yaml"] = pipeline(given, folder, schema)
            Path(made, name, f"{name}.dag.yaml").write_text(files[f"{name}.dag.yaml"], encoding="utf-8")
            Path(made, name).rename(folder)
        schema.parent.mkdir(exist_ok=True)
        replaced_whole(schema_text(given.template.name), str(schema), replace=True)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            hint = "Nothing was changed; take another name."
            raise SettingsError(THERE, where=args.name, hint=hint) from None
        what = f"the folder can't be written: {error.strerror}"
        raise BrokenWorldError(what, where=str(error.filename or folder)) from None
    for file in files:
        print(folder / file)
    if given.drop is not None and given.drop.grain is None:
        sys.stderr.write(f"{made_up(given.drop, folder / f'{name}.dag.yaml', args.data)}\n")
    print(f"Look at `{folder / looked_at(given)}`, then: {next_command(given)} {args.name}")
    return 0


def made_up(drop: DropName, file: Path, data: str) -> str:
    """Return what is said of the name of drops that the name of the data doesn't tell."""
    what = f"the name shows no partition, as 2026-03-01 would: `source.path` says `{drop.path}`"
    return str(Problem(data, what, f"Mend it in {file} where drops are called otherwise."))


def looked_at(given: Given) -> str:
    """Return the file of a product that a person has to look at first."""
    own = "contract" in given.template.needs and given.promised is None
    return f"{given.name}{CONTRACT_SUFFIX}" if own else f"{given.name}.dag.yaml"


def next_command(given: Given) -> str:
    """Return what is typed before the name of a new product."""
    return "airflow-dataops test" if given.has_transform else "airflow-dataops lint"


def given_by(args: Namespace, name: str) -> Given:
    """Return what a product is to be, by what was typed.

    Raises:
        SettingsError: If there is no such template, or it can't be told how the file of data is written.
        DocumentError: If the contract that is named is wrong.
        BrokenWorldError: If the file of data can't be read.
    """
    template = template_named(args.template or newest("batch"))
    if args.header and args.no_header:
        raise WrongCallError("--header and --no-header say the opposite", hint="Leave one out.")
    data = landed_files([args.data], args, header=not args.no_header) if args.data else None
    promised = read_contract(Path(args.contract))[0].datasets[0] if args.contract else None
    return Given(name, template, args, data, promised)


def has_more(args: Namespace) -> bool:
    """Say whether more was typed than the product's name and its template."""
    return any(getattr(args, word) for word in MORE)


def newest(name: str) -> str:
    """Return the newest version of a template."""
    return [known for known in shelf().names() if known.partition("@")[0] == name][-1]


def check(given: Given) -> None:
    """Refuse what the template doesn't take, and what only a person can know.

    Raises:
        SettingsError: If there is anything of it.
    """
    template, args = given.template, given.args
    known = {*template.needs, *template.takes}
    for key in template.needs:
        if key not in OURS and not getattr(args, key, None):
            hint = TOLD.get(key, "Copy a product that has it.")
            raise SettingsError(f"`{template.name}` needs `{key}`", hint=hint)
    for option, key in TAKEN.items():
        if getattr(args, option) and key not in known:
            raise SettingsError(f"`{template.name}` takes no `{key}`", hint="Leave the option out.")
    if given.data is not None and "source" not in known:
        raise SettingsError(f"`{template.name}` lands no data", hint="Leave --data out.")
    _check_contract(given)
    _check_target(given)


def _check_contract(given: Given) -> None:
    name, args = given.template.name, given.args
    needed = "contract" in given.template.needs and ANOTHER in given.template.params.model_fields
    if needed and not args.contract:
        what = f"`{name}` judges what somebody else promises, so it needs a contract that there is"
        raise SettingsError(what, hint="Say which one: --contract orders/orders.odcs.yaml.")
    for option in ("data", "transform") if args.contract else ():
        if getattr(args, option):
            what = f"--contract and --{option} both say what is promised"
            raise SettingsError(what, where=args.contract, hint="Leave one of them out.")


def _check_target(given: Given) -> None:
    args = given.args
    if bool(args.table) is not bool(args.conn_id):
        what = "--table and --conn-id belong together"
        raise SettingsError(what, hint="Such as --conn-id warehouse --table mart.orders.")
    if given.template.models and not args.table:
        what = f"`{given.template.name}` publishes in the database in which its models are made"
        raise SettingsError(what, hint="Name it and the table: --conn-id warehouse --table mart.orders.")


def place(given: Given, files: dict[str, str], folder: Path, schema: Path) -> None:
    """Write the files of a product, read it, and add a test to those that can have one.

    Args:
        given: What it is to be.
        files: Their texts, without its pipeline file.
        folder: Where to.
        schema: The schema of its pipeline file.

    Raises:
        DocumentError: If it is wrong: by what was typed, or by the defaults above it.
    """
    folder.mkdir()
    for file, text in {**files, f"{given.name}.dag.yaml": pipeline(given, folder, schema)}.items():
        if file != STUB_FILE:
            write(folder / file, text)
    try:
        found = definition(str(folder))
    except DocumentError as error:
        meant = tuple(_meant(problem, folder) for problem in error.problems)
        sample = () if has_more(given.args) else samples(given.template.name)
        raise DocumentError((*meant, *sample)) from None
    if given.has_transform and found.landing is not None and found.contract is not None:
        files[FILE] = first_test(found.landing, found.contract)
        write(folder / FILE, files[FILE])
    # Last: Airflow looks for DAG files here as well, and would find it while the rest is being written.
    write(folder / STUB_FILE, files[STUB_FILE])


def write(file: Path, text: str) -> None:
    """Write a file, and the folder that it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def samples(template: str) -> Iterator[Problem]:
    """Yield what is said of the samples of a template that needs more than is written here."""
    for file in sorted(shelf().file(template).parent.glob("*/*.dag.yaml")):
        hint = "Copy it where more is needed than is written here."
        yield Problem(str(near(file.parent)), f"this is a sample of `{template}`", hint)


def _meant(problem: Problem, folder: Path) -> Problem:
    """Return a problem of a file that is not kept as one of what was typed."""
    if not problem.place.startswith(str(folder)):
        return problem
    file = problem.place.removeprefix(f"{folder}/").split(":")[0]
    return Problem(f"{file}, which was not written", problem.what, problem.hint)


def schemas(folder: Path) -> Path:
    """Return the folder of schemas that lies nearest above a product, or where one is made."""
    for above in folder.absolute().parents:
        if is_there(above / SCHEMAS):
            return above / SCHEMAS
        if any(is_there(above / top) for top in TOPS):
            break
    return folder.absolute().parent / SCHEMAS

"""The commands that need no Airflow, as values: argparse shows them here, `airflow dataops` may do so there.

To add one, add a record to `COMMANDS`, or to a group there. Its function is named by its import path, so that
nothing is loaded before it runs: it takes the parsed arguments and returns the exit code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a command; the fields are those of `argparse.ArgumentParser.add_argument`.

    Args:
        flags: Its name, or its options such as `-o` and `--output-format`.
        help: What it is, in one line.
        metavar: What stands for its value in the help.
        nargs: `+`, `*`, `?`, or None for one.
        choices: The only values, or empty for any.
        default: Its value when it is not given.
        action: Such as `store_true` and `append`, or None.
        dest: What the parsed arguments call it, or None for its longest flag.
        required: True for an option that must be given, else None.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None = None
    nargs: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    action: str | None = None
    dest: str | None = None
    required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        name: What is typed.
        help: What it does, in one line.
        arguments: What it takes.
        run: `module:function`; takes an `argparse.Namespace`, returns the exit code.
        notes: What else its help says, such as its exit codes.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    run: str
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands that have a word before their own.

    Args:
        name: That word.
        help: What they are about, in one line.
        commands: The commands.
    """

    name: str
    help: str
    commands: tuple[Command, ...]


LINT_FORMAT = Argument(
    flags=("--output-format",),
    choices=("text", "json", "junit", "github"),
    default="text",
    help="Lines for people, one JSON document, JUnit's XML, or annotations for GitHub (default: text)",
)

LINT_CODES = "Exit codes: 0 all well, 1 errors, 2 warnings only, 3 something could not be read."

FILE = Argument(flags=("file",), metavar="FILE", help="The contract, a *.odcs.yaml")

DIALECT = Argument(
    flags=("--dialect",),
    choices=("duckdb", "postgres"),
    default="duckdb",
    help="Whose SQL (default: duckdb)",
)

WRITTEN = (
    Argument(
        flags=("--format",),
        choices=("csv", "jsonl", "parquet"),
        help="How the files are written (default: as their names say; packed with gzip or zip or not)",
    ),
    Argument(flags=("--delimiter",), metavar="C", help="Of CSV; `tab` for a tab (default: a comma)"),
    Argument(flags=("--quote",), metavar="C", default='"', help="Of CSV, or empty (default: a double quote)"),
    Argument(flags=("--encoding",), metavar="NAME", default="utf-8", help="Of text (default: utf-8)"),
)
"""How files of data are written."""

OUTPUT = (
    Argument(flags=("--output", "-o"), metavar="FILE", help="Where to (default: the standard output)"),
    Argument(flags=("--force",), action="store_true", help="Replace the output if it is there"),
)
"""Where a file goes that a command makes."""

DATASETS = Argument(
    flags=("--dataset",),
    metavar="NAME",
    action="append",
    help="Only this dataset; may be given several times",
)

CONTRACT = Group(
    name="contract",
    help="Check, explain, test, start and convert data contracts",
    commands=(
        Command(
            name="lint",
            help="Check contracts: every problem with its file, line and column",
            arguments=(
                Argument(
                    flags=("paths",),
                    metavar="FILE",
                    nargs="+",
                    help="A contract, or a folder in which *.odcs.yaml are looked for",
                ),
                LINT_FORMAT,
            ),
            run="airflow_dataops.cli.lint:run_contracts",
            notes=LINT_CODES,
        ),
        Command(
            name="explain",
            help="Say each check of a contract in words and as SQL, and what nothing checks",
            arguments=(
                FILE,
                DATASETS,
                DIALECT,
                Argument(
                    flags=("--output-format",),
                    choices=("text", "json"),
                    default="text",
                    help="Lines for people, or one JSON document (default: text)",
                ),
            ),
            run="airflow_dataops.cli.contract.explain:run",
            notes="Exit codes: 0 explained, 3 the contract could not be read.",
        ),
        Command(
            name="test",
            help="Judge files of data by a contract, as a batch would be judged",
            arguments=(
                FILE,
                Argument(
                    flags=("--data",),
                    metavar="F",
                    action="append",
                    required=True,
                    help="A file of data, or DATASET=F where the contract has several datasets; may be given "
                    "several times",
                ),
                DATASETS,
                Argument(
                    flags=("--rule",),
                    metavar="ID",
                    action="append",
                    help="Only this rule; may be given several times",
                ),
                Argument(
                    flags=("--dimension",),
                    metavar="NAME",
                    action="append",
                    help="Only rules of this quality dimension; may be given several times",
                ),
                *WRITTEN,
                Argument(
                    flags=("--no-header",),
                    action="store_true",
                    help="The first line of CSV is a record already; the columns are the contract's",
                ),
                Argument(
                    flags=("--quarantine",),
                    metavar="FOLDER",
                    help="Keep the bad rows there, each with the rules that it broke (default: keep none)",
                ),
                Argument(
                    flags=("--output-format",),
                    choices=("text", "json", "junit", "github"),
                    default="text",
                    help="A table for people, one JSON document, JUnit's XML, or annotations for GitHub "
                    "(default: text)",
                ),
            ),
            run="airflow_dataops.cli.contract.test:run",
            notes="Exit codes: 0 every rule is kept, 1 one failed, 2 there are only warnings or a dataset "
            "without data, 3 something could not be evaluated.",
        ),
        Command(
            name="init",
            help="Guess a contract from a file of data; every guess is marked as one",
            arguments=(
                Argument(
                    flags=("--from",),
                    metavar="F",
                    dest="data",
                    required=True,
                    action="append",
                    help="The file of data",
                ),
                *OUTPUT,
                Argument(
                    flags=("--name",),
                    metavar="NAME",
                    help="What contract and dataset are called (default: as the file, without its date)",
                ),
                Argument(
                    flags=("--values",),
                    action="store_true",
                    help="List the values of columns that have few, except for those that look personal",
                ),
                *WRITTEN,
                Argument(
                    flags=("--no-header",),
                    action="store_true",
                    help="The first line of CSV is a record already; the columns are called column_1, "
                    "column_2, and so on",
                ),
                Argument(
                    flags=("--header",),
                    action="store_true",
                    help="The first line of CSV has the names of the columns, even if they look like values",
                ),
            ),
            run="airflow_dataops.cli.contract.init:run",
            notes="Without --values no value of a row is written. Exit codes: 0 written, 3 not written.",
        ),
        Command(
            name="export",
            help="Write a contract as pandera, SQL, JSON Schema, or a rule set of common.dataquality",
            arguments=(
                FILE,
                Argument(
                    flags=("--to",),
                    choices=("pandera", "sql", "jsonschema", "ruleset"),
                    required=True,
                    help="A module with a schema for polars, a table and queries, the schema of one record, "
                    "or rules for Airflow's provider",
                ),
                DATASETS,
                DIALECT,
                *OUTPUT,
            ),
            run="airflow_dataops.cli.contract.export:run",
            notes="Exit codes: 0 all is said, 2 something can't be said there (it is listed), 3 not written.",
        ),
        Command(
            name="import",
            help="Make a contract of a properties file of dbt, or of a rule set of common.dataquality",
            arguments=(
                Argument(flags=("file",), metavar="FILE", help="The file to import"),
                Argument(
                    flags=("--from",),
                    dest="source",
                    choices=("dbt", "ruleset"),
                    required=True,
                    help="What it is: a schema.yml of dbt, or a rule set",
                ),
                Argument(
                    flags=("--name",),
                    metavar="NAME",
                    help="What the contract is called (default: as the file, or as the rule set)",
                ),
                *OUTPUT,
            ),
            run="airflow_dataops.cli.contract.import_:run",
            notes="Exit codes: 0 all was imported, 2 something was not (it is listed), 3 nothing was.",
        ),
    ),
)

COMMANDS: tuple[Command | Group, ...] = (
    Command(
        name="lint",
        help="Check data products and contracts: every problem with its file, line and column",
        arguments=(
            Argument(
                flags=("paths",),
                metavar="PATH",
                nargs="+",
                help="A product's folder, a *.dag.yaml, a *.odcs.yaml, or a folder of many",
            ),
            LINT_FORMAT,
        ),
        run="airflow_dataops.cli.lint:run",
        notes=LINT_CODES,
    ),
    CONTRACT,
    Command(
        name="demo",
        help="Take fourteen days of messy files through a real Airflow, and show what was found",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home, emptied first (default: .airflow/demo)",
            ),
        ),
        run="airflow_dataops.cli.demo.demo:run",
        notes="Exit codes: 0 all that was planted was found and no more, 1 not so, 3 it could not be done.",
    ),
    Command(
        name="up",
        help="Start Airflow with its UI, on the sample product or on your DAGs; Ctrl-C stops it",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home (default: .airflow/demo, with --dags .airflow/up)",
            ),
            Argument(
                flags=("--port",),
                metavar="PORT",
                help="Where the UI listens on 127.0.0.1 (default: 8080, or any when that is taken)",
            ),
            Argument(
                flags=("--dags",),
                metavar="FOLDER",
                help="A folder of DAG files, instead of the sample product",
            ),
        ),
        run="airflow_dataops.cli.up:run",
        notes="Exit codes: 0 it was asked to stop, 3 it could not start, or a part of Airflow ended.",
    ),
)

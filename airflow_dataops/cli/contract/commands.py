"""The commands about contracts, as values."""

from __future__ import annotations

from airflow_dataops.cli.arguments import LINT_CODES, LINT_FORMAT, OUTPUT, time_limit
from airflow_dataops.cli.command import Argument, Command, Group

FILE = Argument(flags=("file",), metavar="FILE", help="The contract, a *.odcs.yaml")

RUN = ("duckdb", "postgres", "mysql", "sqlite")
"""Dialects of databases that judge rows here."""

RENDERED = ("bigquery", "clickhouse", "databricks", "oracle", "redshift", "snowflake", "sqlserver", "trino")
"""Dialects that are rendered, not run: their SQL was never tried in the database."""

DIALECT = Argument(
    flags=("--dialect",),
    choices=(*RUN, *RENDERED),
    default="duckdb",
    help=f"Whose SQL (default: duckdb). Rendered, not run: {', '.join(RENDERED)}",
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
            run="airflow_dataops.cli.lint.run:run_contracts",
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
                    flags=("--plan",),
                    action="store_true",
                    help="Say instead how the checks are computed: what is asked together, what by itself",
                ),
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
                    flags=("--keys",),
                    metavar="FILE",
                    help="Name the rows there that broke a rule, as JSON lines: primary key, rules, line",
                ),
                Argument(
                    flags=("--most-keys",),
                    metavar="N",
                    default="1000",
                    help="How many rows of a dataset are named, at most (default: 1000)",
                ),
                time_limit("10m"),
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

"""The commands about data products and the DAGs that templates make of them, as values."""

from __future__ import annotations

from airflow_dataops.cli.arguments import LINT_CODES, LINT_FORMAT, LINT_PATHS, OUTPUT, TEXT_OR_JSON
from airflow_dataops.cli.command import Argument, Command, Group
from airflow_dataops.cli.contract.commands import WRITTEN

PRODUCT = Argument(flags=("path",), metavar="PATH", help="The product's folder, or its *.dag.yaml")

ENVIRONMENT = Argument(
    flags=("--environment",),
    metavar="NAME",
    default="",
    help="With what orders.dag.NAME.yaml changes (default: without)",
)

DAG = Group(
    name="dag",
    help="Data products, and the DAGs that templates make of them",
    commands=(
        Command(
            name="new",
            help="Write the folder of a product: DAG file, pipeline file, contract, a first test of its SQL",
            arguments=(
                Argument(
                    flags=("name",),
                    metavar="NAME",
                    help="The folder, which isn't there yet; the product is called as it",
                ),
                Argument(
                    flags=("--template",), metavar="TEMPLATE", help="Such as batch@1 (default: newest batch)"
                ),
                Argument(
                    flags=("--data",),
                    metavar="FILE",
                    help="A file such as will land, from which the contract is guessed",
                ),
                Argument(
                    flags=("--no-header",),
                    action="store_true",
                    help="The first line of CSV is a record already",
                ),
                Argument(
                    flags=("--header",),
                    action="store_true",
                    help="The first line of CSV has the names of the columns, even if they look like values",
                ),
                *WRITTEN,
                Argument(
                    flags=("--transform",),
                    action="store_true",
                    help="With a SELECT, and a contract of its own for what lands",
                ),
                Argument(
                    flags=("--contract",),
                    metavar="FILE",
                    help="A contract that there is already, in place of a new one",
                ),
                Argument(flags=("--conn-id",), metavar="CONNECTION", help="Publish in this PostgreSQL"),
                Argument(flags=("--table",), metavar="TABLE", help="Publish in this table of it"),
                Argument(flags=("--team",), metavar="TEAM", help="Whose product it is"),
                Argument(flags=("--owner",), metavar="NAME", help="Airflow's owner"),
                Argument(flags=("--description",), metavar="TEXT", help="One line for the list of DAGs"),
                Argument(flags=("--schedule",), metavar="WHEN", help="A cron expression, or such as @daily"),
                Argument(flags=("--timezone",), metavar="ZONE", help="Where its days begin (default: UTC)"),
                Argument(flags=("--start-date",), metavar="DAY", help="From when on it runs"),
                Argument(
                    flags=("--depends-on",),
                    metavar="NAME",
                    action="append",
                    help="A product after which it runs; may be given several times",
                ),
                Argument(
                    flags=("--consumes",),
                    metavar="NAME",
                    action="append",
                    help="A product that it reads; may be given several times",
                ),
                Argument(
                    flags=("--param",),
                    metavar="NAME=VALUE",
                    action="append",
                    help="A parameter of the template; may be given several times",
                ),
            ),
            run="airflow_dataops.cli.dag.new:run",
            notes="Exit codes: 0 written, 3 nothing was written.",
        ),
        Command(
            name="list",
            help="List the products below a folder: template, schedule, owner, table",
            arguments=(
                Argument(
                    flags=("path",), metavar="PATH", nargs="?", default=".", help="The folder (default: here)"
                ),
                ENVIRONMENT,
                TEXT_OR_JSON,
            ),
            run="airflow_dataops.cli.dag.list:run",
            notes="Exit codes: 0 listed, 1 a product is wrong, which stderr says, 3 there is none.",
        ),
        Command(
            name="describe",
            help="Say all that counts of a product and where it is written, or what a template takes",
            arguments=(
                Argument(
                    flags=("what",),
                    metavar="PATH|TEMPLATE",
                    help="The product's folder, or its *.dag.yaml; or a template such as batch@1",
                ),
                ENVIRONMENT,
                TEXT_OR_JSON,
            ),
            run="airflow_dataops.cli.dag.describe:run",
            notes="Exit codes: 0 described, 3 it could not be read.",
        ),
        Command(
            name="lint",
            help="Check data products and contracts: the same as `lint`",
            arguments=(LINT_PATHS, LINT_FORMAT),
            run="airflow_dataops.cli.lint.run:run",
            notes=LINT_CODES,
        ),
        Command(
            name="graph",
            help="Draw a product's tasks and their order: as text, Mermaid, or a picture",
            arguments=(
                PRODUCT,
                ENVIRONMENT,
                Argument(
                    flags=("--output", "-o"),
                    metavar="FILE",
                    help="Where to: *.svg, *.mmd or *.txt (default: text on the standard output)",
                ),
                OUTPUT[1],
            ),
            run="airflow_dataops.cli.dag.graph:run",
            notes="Exit codes: 0 drawn, 3 not. It needs Airflow: `airflow dataops dag graph`.",
            in_airflow="airflow_dataops.factory.graph:run",
        ),
        Command(
            name="diff",
            help="Say what differs between two products, or a product and itself on a newer template",
            arguments=(
                Argument(flags=("old",), metavar="OLD", help="The product's folder, or its *.dag.yaml"),
                Argument(
                    flags=("new",),
                    metavar="NEW",
                    help="Another one; or a newer version of the template of OLD, such as batch@2",
                ),
                ENVIRONMENT,
                TEXT_OR_JSON,
            ),
            run="airflow_dataops.cli.dag.diff:run",
            notes="Exit codes: 0 nothing differs, 1 something does, 3 it could not be read. "
            "`airflow dataops dag diff` compares the DAGs as well.",
            in_airflow="airflow_dataops.factory.difference:diff",
        ),
        Command(
            name="upgrade",
            help="Change a product's file so that it does the same on a newer version of its template",
            arguments=(
                PRODUCT,
                Argument(flags=("--to",), metavar="TEMPLATE", help="Such as batch@2 (default: the newest)"),
                Argument(
                    flags=("--dry-run",),
                    action="store_true",
                    help="Say what would change, and change nothing",
                ),
            ),
            run="airflow_dataops.cli.dag.upgrade:run",
            notes="Exit codes: 0 done, 3 nothing was changed. "
            "`airflow dataops dag upgrade` says what differs between the DAGs as well.",
            in_airflow="airflow_dataops.factory.difference:upgrade",
        ),
        Command(
            name="test-template",
            help="Say whether a template does what every template must: build, be stable, stand alone",
            arguments=(
                Argument(
                    flags=("template",),
                    metavar="PATH|TEMPLATE",
                    help="The folder of a template or of several, or such as batch@1",
                ),
            ),
            run="airflow_dataops.cli.dag.test_template:run",
            notes="Exit codes: 0 it does, 1 it doesn't, 3 there is none. It starts Airflow's Python.",
            in_airflow="airflow_dataops.factory.trial:run",
        ),
        Command(
            name="schema",
            help="Write the JSON Schema of pipeline files, by which editors complete and check them",
            arguments=(
                Argument(
                    flags=("template",),
                    metavar="TEMPLATE",
                    nargs="?",
                    help="Such as batch@1 (default: all; the file's `template` says which counts)",
                ),
                Argument(
                    flags=("--partial",),
                    action="store_true",
                    help="Of a part: defaults.yaml, what an environment changes, and files that inherit",
                ),
                Argument(
                    flags=("--alerts",),
                    action="store_true",
                    help="Of alerts.yaml, which says who is told, instead of pipeline files",
                ),
                *OUTPUT,
            ),
            run="airflow_dataops.cli.dag.schema:run",
            notes="Exit codes: 0 written, 3 not written.",
        ),
        Command(
            name="render",
            help="Print a product's DAG as one file that needs neither its pipeline file nor the factory",
            arguments=(PRODUCT, ENVIRONMENT, *OUTPUT),
            run="airflow_dataops.cli.dag.render:run",
            notes="Exit codes: 0 written, 3 not written.",
        ),
        Command(
            name="eject",
            help="Put that file in place of dag.py, and the pipeline file aside: the template is left",
            arguments=(
                PRODUCT,
                ENVIRONMENT,
                Argument(
                    flags=("--force",), action="store_true", help="Also where dag.py does more than load_dag"
                ),
            ),
            run="airflow_dataops.cli.dag.eject:run",
            notes="Exit codes: 0 done, 3 nothing was changed.",
        ),
    ),
)

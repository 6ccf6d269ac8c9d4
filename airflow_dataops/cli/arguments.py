"""Arguments that several commands take."""

from __future__ import annotations

from airflow_dataops.cli.command import Argument

LINT_FORMAT = Argument(
    flags=("--output-format",),
    choices=("text", "json", "junit", "github"),
    default="text",
    help="Lines for people, one JSON document, JUnit's XML, or annotations for GitHub (default: text)",
)

LINT_PATHS = Argument(
    flags=("paths",),
    metavar="PATH",
    nargs="+",
    help="A product's folder, a *.dag.yaml, a *.odcs.yaml, a *.openslo.yaml, or a folder of many",
)

TEXT_OR_JSON = Argument(
    flags=("--output-format",),
    choices=("text", "json"),
    default="text",
    help="A table for people, or one JSON document (default: text)",
)

LINT_CODES = "Exit codes: 0 all well, 1 errors, 2 warnings only, 3 something could not be read."

OUTPUT = (
    Argument(flags=("--output", "-o"), metavar="FILE", help="Where to (default: the standard output)"),
    Argument(flags=("--force",), action="store_true", help="Replace the output if it is there"),
)
"""Where a file goes that a command makes."""


def time_limit(default: str) -> Argument:
    """Return the option that says how long one statement of people's SQL may take."""
    return Argument(
        flags=("--time-limit",),
        metavar="TIME",
        default=default,
        help=f"Stop a statement of SQL that takes longer, such as 90s, 10m or 2h (default: {default})",
    )


WHO = Argument(flags=("--who",), metavar="NAME", help="Who says so (default: who you are here)")

WHY = Argument(flags=("--why",), metavar="TEXT", required=True, help="The reason, in a few words")

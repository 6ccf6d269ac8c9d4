"""`init`: a project of data products, with one to begin with, and what holds them to their contracts."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.draft import STUB
from airflow_dataops.cli.dag.new import SCHEMAS, newest
from airflow_dataops.cli.dag.schema import alerts_text, schema_text
from airflow_dataops.cli.init_alerts import ALERTS, MONITOR, MONITORED
from airflow_dataops.cli.init_product import (
    CONTRACT,
    DROP,
    EXAMPLES,
    LANDING,
    PIPELINE,
    RUNBOOK,
    TRANSFORM,
)
from airflow_dataops.documents.yaml.text import is_there
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

README = """\
# Data products

Each folder below `dags/` is a data product: a pipeline file (`*.dag.yaml`), the contract that is
enforced on every batch (`*.odcs.yaml`), and the lines that make a DAG of it (`dag.py`). What counts
for all of them stands in `dags/defaults.yaml`. `dags/dataops_slo_monitor` looks every five minutes
whether they keep what they promise, and `dags/alerts.yaml` says who is told when one doesn't.

| to | type |
|---|---|
| make another product | `airflow-dataops dag new dags/NAME --data FILE` |
| see what there is | `airflow-dataops dag list dags` |
| see what counts, and where it is written | `airflow-dataops dag describe dags/orders` |
| check all of it | `airflow-dataops lint dags` |
| run the tests of their SQL | `airflow-dataops test dags` |
| judge a file | `airflow-dataops contract test dags/orders/orders_landing.odcs.yaml --data FILE` |
| run it, with Airflow's UI | `airflow-dataops up --dags dags` |
| see who would be told | `airflow-dataops alert test-route dags/alerts.yaml --label product=orders` |

`.github/workflows/dataops.yml` checks every pull request, `.pre-commit-config.yaml` every commit
(`pre-commit install`).
"""

DEFAULTS = """\
# What counts for every product below, unless it says something else.
root: true
retries: 2
"""

IGNORED = """\
# No DAG file is looked for here.
.schemas/
drops/
tests/
"""

WORKFLOW = """\
# Data products are checked before they are merged.
name: dataops
on: [pull_request]
permissions: {contents: read}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      # As long as there is no release, name a checkout, a wheel or an index of your own here.
      - run: pip install "airflow-provider-dataops[local]"
      # 2 are warnings alone: they are shown, and stop nothing.
      - run: airflow-dataops lint dags --output-format github || [ $? -eq 2 ]
      # The same where no product has a test.
      - run: airflow-dataops test dags || [ $? -eq 2 ]
"""

HOOKS = """\
# Data products are checked before they are committed: `pre-commit install`.
repos:
  - repo: local
    hooks:
      - id: airflow-dataops-lint
        name: Data products and contracts
        entry: airflow-dataops lint dags
        language: system
        files: ^dags/.*\\.(yaml|sql)$
        pass_filenames: false
"""

GIT_IGNORED = """\
/.airflow/
__pycache__/
"""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `folder`.

    Raises:
        SettingsError: If there is something in the folder already.
        BrokenWorldError: If it can't be written.
    """
    folder = Path(args.folder)
    if is_there(folder) and (not folder.is_dir() or any(folder.iterdir())):
        what = "there is something in it already"
        raise SettingsError(what, where=args.folder, hint="Nothing was changed; name a folder that is new.")
    target = folder.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".init-", dir=target.parent) as made:
            for name, text in files():
                file = Path(made, "project", name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            if folder.is_dir():
                for part in sorted(Path(made, "project").iterdir()):
                    part.rename(target / part.name)
            else:
                Path(made, "project").rename(target)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            what = "another one writes a project into it at the same time"
            raise SettingsError(what, where=args.folder, hint="Look at what is there.") from None
        what = f"the folder can't be written: {error.strerror}"
        raise BrokenWorldError(what, where=str(error.filename or folder)) from None
    for name, _ in files():
        print(folder / name)
    print(f"Read {folder / 'README.md'}, or go on: airflow-dataops lint {folder / 'dags'}")
    return 0


def files() -> Iterator[tuple[str, str]]:
    """Yield the files of a project, each with its text."""
    template, monitor = newest("batch"), newest("slo_monitor")
    yield "README.md", README
    yield ".gitignore", GIT_IGNORED
    yield ".github/workflows/dataops.yml", WORKFLOW
    yield ".pre-commit-config.yaml", HOOKS
    yield "dags/.airflowignore", IGNORED
    yield "dags/defaults.yaml", DEFAULTS
    yield "dags/alerts.yaml", ALERTS
    yield f"dags/{SCHEMAS}/{template}.json", schema_text(template)
    yield f"dags/{SCHEMAS}/alerts.json", alerts_text()
    yield f"dags/{SCHEMAS}/{monitor}.json", schema_text(monitor)
    yield f"dags/{MONITOR}/dag.py", STUB.format(name=MONITOR)
    yield f"dags/{MONITOR}/{MONITOR}.dag.yaml", MONITORED.format(template=monitor)
    yield "dags/orders/dag.py", STUB.format(name="orders")
    yield "dags/orders/orders.dag.yaml", PIPELINE.format(template=template)
    yield "dags/orders/orders.odcs.yaml", CONTRACT
    yield "dags/orders/orders_landing.odcs.yaml", LANDING
    yield "dags/orders/transform.sql", TRANSFORM
    yield "dags/orders/runbook.md", RUNBOOK
    yield "dags/orders/tests/orders.yaml", EXAMPLES
    for day in ("2026-03-01", "2026-03-02"):
        yield f"dags/orders/drops/orders-{day}.csv", DROP.format(day=day)

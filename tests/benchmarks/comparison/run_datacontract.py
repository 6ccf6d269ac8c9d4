"""datacontract-cli on the deliveries: `datacontract test --include-failed-samples`, through its Python API.

    python run_datacontract.py FOLDER

It reads the contract itself, and the file as the server of type `local` that the contract names.
"""

from __future__ import annotations

import csv
from pathlib import Path

from datacontract.data_contract import DataContract
from report import LoadError, Rule, main

CONTRACT = Path(__file__).with_name("orders.odcs.yaml").read_text()
BROKEN = {
    "failed": "failed",
    "warning": "warning",
    "error": "error",
    "unknown": "error",
    "skipped": "warning",
}


def judge(file: Path) -> list[Rule]:
    """Test one file."""
    contract = CONTRACT.replace("path: orders.csv", f"path: {file}")
    run = DataContract(
        data_contract_str=contract, include_failed_samples=True, inline_references=False
    ).test()
    unread = [check for check in run.checks if check.result is None]
    if unread:  # it can't read the file: a general check says why, and no other has a result
        raise LoadError(next(check.reason for check in run.checks if check.result is not None))
    keys = _rows_of_keys(file)
    return [
        Rule(
            f"{check.name}: {(check.reason or '').splitlines()[0][:150] if check.reason else ''}",
            BROKEN[check.result.value],
            None,
            tuple(
                sorted(
                    {
                        row
                        for sample in check.failedSamples or ()
                        for row in keys.get(str(sample.get("order_id")), ())
                    }
                )
            ),
        )
        for check in run.checks
        if check.result.value in BROKEN
    ]


def _rows_of_keys(file: Path) -> dict[str, list[int]]:
    """Return the numbers of the rows that have a key: a sample tells a row by its primary key."""
    found: dict[str, list[int]] = {}
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as opened:
        for number, row in enumerate(csv.DictReader(opened), 1):
            found.setdefault(row.get("order_id") or "", []).append(number)
    return found


if __name__ == "__main__":
    main("datacontract-cli", ("datacontract-cli", "duckdb"), judge)

"""The page on one verification by hand, typed into a shell."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "one-verification.md").read_text()
FILE = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)


def test_one_verification_by_hand(tmp_path) -> None:
    """From an empty folder to the verdict, the report and the row that broke the contract."""
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).write_text(text)
    typed = "".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}

    shown = subprocess.run(
        ["/bin/sh", "-c", typed],
        cwd=tmp_path,
        env=own | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    told = shown.stdout + shown.stderr
    assert (
        "Bad data: sqlite://shop_db/rides (rides/today, rides@1.0.0): 1 of 2 rows (50.00%) break the" in told
    )
    *_, last = shown.stdout.splitlines()
    assert {
        "dataset": "rides",
        "key": {"id": "2"},
        "rules": ["price.minimum"],
        "line": None,
        "file": None,
    } == json.loads(last)
    assert re.search(r"^today +. failed at check +2 ", shown.stdout, re.MULTILINE), shown.stdout

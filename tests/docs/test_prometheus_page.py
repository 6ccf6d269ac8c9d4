from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.main import main

if TYPE_CHECKING:
    import pytest

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "howto" / "prometheus.md"


def test_the_command_of_the_page_writes_what_it_shows(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alert and what it looks at are cut from the output."""
    monkeypatch.chdir(PROJECT)
    page = PAGE.read_text("utf-8")
    (command,) = re.findall(r"```bash\n(airflow-dataops .*)\n```", page)
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)

    code = main(shlex.split(command)[1:])

    assert (0, True) == (code, shown in capsys.readouterr().out)

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.up import USUAL_PORT, handed_on, port_of

SECONDS = 400


@pytest.mark.parametrize("given", ["0", "65536", "-1", "http", "8080.0", ""])
def test_up_refuses_what_is_no_port(given, capsys, tmp_path, monkeypatch) -> None:
    """One line on stderr, and nothing is made."""
    monkeypatch.chdir(tmp_path)

    assert program.UNREADABLE == program.main(["up", f"--port={given}"])
    assert f"`{given}` is no port. Use a number from 1 to 65535\n" == capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_up_refuses_a_folder_that_is_not_there(capsys, tmp_path, monkeypatch) -> None:
    """A misspelt folder must not become an Airflow without DAGs."""
    monkeypatch.chdir(tmp_path)

    assert program.UNREADABLE == program.main(["up", "--dags", "nowhere"])
    assert capsys.readouterr().err.startswith("nowhere: there is no such folder")


def test_up_leaves_a_folder_alone_that_is_not_ours(capsys, tmp_path) -> None:
    """A home with other files gets neither a sample nor a mark."""
    (tmp_path / "thesis.txt").write_text("years of work")

    assert program.UNREADABLE == program.main(["up", "--home", str(tmp_path)])
    assert "was not made by the demo" in capsys.readouterr().err
    assert ["thesis.txt"] == [file.name for file in tmp_path.iterdir()]


def test_port_of_takes_any_port_when_the_usual_one_is_taken() -> None:
    """`make up` takes no arguments, so a taken port must not end it; one that was asked for is kept."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", USUAL_PORT))
            other.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        assert port_of(None) is None
    assert 9999 == port_of("9999")


def test_up_hands_on_what_names_no_place() -> None:
    """Which DAGs are watched counts here as well; the caller's store is not this Airflow's."""
    given = {
        "AIRFLOW__DATAOPS__WATCH": "tag:critical",
        "AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN": "postgresql://db/production",
        "HOME": "/root",
    }

    assert {"AIRFLOW__DATAOPS__WATCH": "tag:critical"} == handed_on(given)


def _runs(process: psutil.Process) -> bool:
    """Say whether a process runs; one that has ended may wait until the first process of all takes note."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.e2e
def test_up_tells_where_it_is_and_stops_clean(tmp_path) -> None:
    """The address answers, the login works, and after SIGTERM nothing is left running."""
    (tmp_path / "dags").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "up.txt"
    with log.open("w") as output:
        up = subprocess.Popen(
            [Path(sys.executable).with_name("airflow-dataops"), "up", "--dags", "dags", "--port", str(port)],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C" not in log.read_text():
            assert up.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        told = dict(re.findall(r"^(address|login|password)\s+(\S+)", log.read_text(), re.MULTILINE))
        assert {"address": f"http://127.0.0.1:{port}", "login": "admin"}.items() < told.items()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        body = f'{{"username": "{told["login"]}", "password": "{told["password"]}"}}'.encode()
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{told['address']}/auth/token", data=body, headers={"Content-Type": "application/json"}
        )
        with opener.open(request, timeout=30) as answer:
            assert 201 == answer.status
        children = psutil.Process(up.pid).children(recursive=True)
        assert len(children) >= 4
    finally:
        up.send_signal(signal.SIGTERM)
        code = up.wait(timeout=240)

    assert 0 == code
    assert log.read_text().rstrip().endswith("Stopped. Nothing is left running.")
    assert [] == [process for process in children if _runs(process)]

"""Where Airflow is, lint looks whether the notifiers are there that alerts.yaml names."""

from __future__ import annotations

from argparse import Namespace

import pytest

from airflow_dataops.factory.linting import run, run_alerts

ALERTS = "route: {receiver: one}\nreceivers:\n  - {name: one, notifiers: [{path: %s}]}\n"
SMTP = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
OURS = "airflow_dataops.factory.linting.run"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("airflow.sdk.BaseNotifier", ""),
        (
            "airflow.no.such.Notifier",
            "the notifier can't be imported (ModuleNotFoundError). Write the path of",
        ),
        (
            "airflow.sdk.NoNotifier",
            "the notifier can't be imported (AttributeError). Write the path of its class",
        ),
        (OURS, "that is no notifier. It has to be a subclass of airflow.sdk.BaseNotifier."),
        (
            "airflow.sdk.BaseNotifier, kwargs: {chanel: a}",
            "the notifier doesn't take these kwargs: got an unexpected keyword argument 'chanel'. It takes c",
        ),
        (f"{SMTP}, kwargs: {{to: a@example.com, html_content: '{{{{ html }}}}'}}", ""),
        (f"{SMTP}, kwargs: {{subject: a}}", "the notifier doesn't take these kwargs: missing a required"),
        (f"{SMTP}, kwargs: {{to: a@example.com, chanel: a}}", "the notifier "),
    ],
)
@pytest.mark.parametrize("lint", [run, run_alerts])
def test_a_notifier_that_can_not_be_told_by(tmp_path, monkeypatch, capsys, lint, path, expected):
    """It is an error where its receiver stands; the console program, which knows no Airflow, says nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alerts.yaml").write_text(ALERTS % path)
    code = lint(Namespace(paths=["."], output_format="text"))
    first = capsys.readouterr().out.splitlines()[0]
    if expected:
        assert 1 == code
        assert first.startswith(f"alerts.yaml:3:5: error: {path.partition(',')[0]}: {expected}")
    else:
        assert (0, "1 file checked: all well.") == (code, first)

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.batches import expect_rows as asking
from airflow_dataops.usecases.batches.expect_rows import HistoryCounter, ManifestCounter, expect_rows
from airflow_dataops.zones.folder import FolderSource


@pytest.fixture
def manifest(tmp_path) -> ManifestCounter:
    """Manifests in a folder of drops, one a partition."""
    (tmp_path / "drops").mkdir()
    return ManifestCounter(FolderSource(str(tmp_path / "drops"), "{partition}.json"), key="rows")


def test_a_manifest_beside_the_drop_says_it(manifest, batch, tmp_path) -> None:
    """A byte order mark before it does no harm."""
    (tmp_path / "drops" / "2026-03-03.json").write_text('\ufeff{"rows": 42}', encoding="utf-8")

    assert (42, "") == expect_rows(batch, counter=manifest)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "2026-03-03.json: there is no manifest"),
        (b"{", "2026-03-03.json: the manifest is no JSON"),
        (b"\xff\xfe", "2026-03-03.json: the manifest is no UTF-8"),
        (b" " * 40 + b'{"rows": 1}', "2026-03-03.json: the manifest is longer than 40 bytes"),
    ],
)
def test_a_manifest_that_says_nothing_is_an_answer_in_one_line(
    manifest, batch, tmp_path, monkeypatch, content, why
) -> None:
    """The task goes on: completeness isn't known."""
    monkeypatch.setattr(asking, "LARGEST", 40)
    if content is not None:
        (tmp_path / "drops" / "2026-03-03.json").write_bytes(content)

    rows, told = expect_rows(batch, counter=manifest)

    assert rows is None
    assert told.endswith(why)


def test_usual_is_what_the_same_weekdays_had(batch, store, clock) -> None:
    """As they were read: what became of the rows is another matter."""
    for day, rows in {"2026-02-24": 10, "2026-02-17": 30, "2026-02-10": 20, "2026-03-02": 999}.items():
        store.record(
            Verification(
                batch=replace(batch, partition=day),
                stage=Stage.VERIFY,
                run_id="r",
                contract="c",
                at=clock.now(),
                rows=rows,
                good=rows,
                bad=0,
                unparsable=0,
                outcomes=(),
            )
        )

    assert (20, "") == expect_rows(batch, counter=HistoryCounter(store, weeks=4))
    assert (10, "") == expect_rows(batch, counter=HistoryCounter(store, weeks=1))


def test_nothing_is_usual_at_first(batch, store) -> None:
    """That is said."""
    rows, told = expect_rows(batch, counter=HistoryCounter(store, weeks=4))

    assert rows is None
    assert told.startswith("orders/2026-03-03: none of the 4 same weekdays before is known")

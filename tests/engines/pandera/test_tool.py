"""Pandera beside the engine: from a file of a team to the quarantine."""

from __future__ import annotations

import sys

import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.verdict import judgements
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split
from airflow_dataops.engines.pandera.tool import PanderaTool
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.errors import SettingsError

ORDERS = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True),
        Column(name="day", type=ColumnType(LogicalType.DATE)),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 12, 2)),
    ),
)
DROP = b"""id,day,amount
1,2026-03-01,10.00
2,2026-03-01,-5.00
x,2026-03-02,-1.00
4,2026-13-01,99.99
4,2026-03-03,1.00
"""

PANDAS = """
import pandera.pandas as pa

class Rules(pa.DataFrameModel):
    id: int = pa.Field(unique=True)
    amount: float = pa.Field(gt=0, lt=50, coerce=True)

    @pa.dataframe_check
    def earns(cls, frame):
        return frame["amount"].sum() > 1000
"""
POLARS = """
import polars as pl
import pandera.polars as pa

class Rules(pa.DataFrameModel):
    id: int = pa.Field(unique=True)
    amount: float = pa.Field(gt=0, lt=50, coerce=True)

    @pa.dataframe_check
    def earns(cls, data):
        return data.lazyframe.select(pl.col("amount").sum() > 1000)
"""


@pytest.mark.parametrize("text", [PANDAS, POLARS], ids=["pandas", "polars"])
def test_a_schema_beside_the_contract_sends_its_rows_to_quarantine(text, tmp_path) -> None:
    """Rows are bad once, with the ids of all they broke; what names none is said of the batch."""
    (tmp_path / "checks.py").write_text(text)
    (tmp_path / "drop.csv").write_bytes(DROP)
    engine = DuckEngine(
        memory_limit="256MB", temp_directory=f"{tmp_path}/spill", tools={"pandera": PanderaTool()}
    )
    checks = derive(ORDERS, schema=f"{tmp_path}/checks.py:Rules")
    split = Split(good=f"{tmp_path}/good", bad=f"{tmp_path}/bad")
    landed = Landed(f"{tmp_path}/drop.csv", (LandedPart(f"{tmp_path}/drop.csv", "drop.csv"),), Dialect())

    scan = engine.scan(landed, plan(ORDERS, checks), split=split)

    bad = pl.read_parquet(split.bad)
    low, high = "schema.amount.greater_than(0)", "schema.amount.less_than(50)"
    again = "schema.id.field_uniqueness"
    # what is no integer is null to the schema, as it is to the contract
    nulls = ["schema", "schema.id.not_nullable"]
    assert {
        3: {"schema", low},
        4: {"id.type", *nulls} | ({low} if text is POLARS else set()),
        5: {"day.type", "schema", again, high},
        6: {"schema", again},
    } == {line: set(rules) for line, rules in bad.select("dataops_line", "dataops_rules").rows()}
    assert [(1, 10)] == pl.read_parquet(split.good).select("id", pl.col("amount").cast(int)).rows()
    assert (5, 1, 4) == (scan.rows, scan.good, scan.bad)
    outcomes = judgements(checks[-1], scan.measured["schema"])
    assert {"schema.earns"} == {found.rule for found in outcomes if not found.quarantines}
    assert "pandera checks.py:Rules" == outcomes[0].expected


def test_the_schema_is_not_loaded_where_none_is_named() -> None:
    """A worker without rules of pandera doesn't pay for it."""
    import subprocess

    program = (
        "import sys, airflow_dataops.engines.pandera.tool as tool; tool.PanderaTool();"
        "print({'pandera', 'pandas'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert "set()" == done.stdout.strip()


def test_a_deployment_without_pandera_says_what_to_install(monkeypatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "pandera", None)

    with pytest.raises(SettingsError, match=r"`pandera` is not installed\. Install .*\[pandera\]"):
        PanderaTool().broken("m:Rules", pl.DataFrame())


def test_a_deployment_without_pandas_says_so(monkeypatch, tmp_path) -> None:
    """A schema of pandas needs pandas; where it isn't, that is a matter of the deployment."""
    for name in [name for name in sys.modules if name.endswith(".of_pandas")]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "checks.py").write_text("import pandas\nRules = None\n")
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(SettingsError, match="`pandas` is not installed"):
        PanderaTool().broken(f"{tmp_path}/checks.py:Rules", pl.DataFrame())

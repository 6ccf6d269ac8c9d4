"""How large the benchmark is: settings of the environment."""

from __future__ import annotations

import os
from pathlib import Path

SCALE = float(os.environ.get("DATAOPS_BENCH_SCALE", "1"))
"""TPC-H's scale factor: 1 is 6,001,215 rows."""

RUNS = int(os.environ.get("DATAOPS_BENCH_RUNS", "5"))
"""Of so many runs of each, the median is taken."""

PEER_RUNS = int(os.environ.get("DATAOPS_BENCH_PEER_RUNS", "3"))
"""The same of other tools, some of which take minutes."""

GROWTH = tuple(float(size) for size in os.environ.get("DATAOPS_BENCH_GROWTH", "1,6,20,60").split(",") if size)
"""Millions of rows of the runs that show how time and memory grow."""

MEMORY = "2GB"
"""What DuckDB may use, in ours and in what is written by hand: our default."""

LITTLE = "1GB"
"""The same of the runs that show how time and memory grow."""

THREADS = 2
"""DuckDB's threads, in ours and in what is written by hand."""

MOST_KEYS = 1_000
"""Keys of bad rows that are listed."""

HERE = Path(__file__).parent
CONTRACT = HERE / "lineitem.odcs.yaml"

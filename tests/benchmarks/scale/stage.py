"""One stage of one batch in a process of its own, as Airflow runs it, under a memory limit.

    python stage.py HOME PARTITION STAGE MEGABYTES

It prints the seconds that the stage took and the most memory that the process had, in MB.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

home, partition, stage, megabytes = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
# What a process takes for itself; files that are mapped, such as libraries, don't count.
resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, megabytes * 2**20))
sys.path.insert(0, str(Path(__file__).parents[2] / "kill"))

from way import Way  # noqa: E402 - under the limit

way = Way(home, partition, "bench", "")
start = time.perf_counter()
way.take(stage)
seconds = time.perf_counter() - start
# Not getrusage's ru_maxrss: that starts with what the process had which started this one.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) // 1024
sys.stdout.write(f"{seconds:.3f} {peak}\n")

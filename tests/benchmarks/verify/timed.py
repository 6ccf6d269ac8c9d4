"""Runs a program, and prints how long it took, on the clock and in the cores, and its most memory.

    python -S timed.py PROGRAM ARGUMENT …

A process of its own, and a small one: what a child reports as its most memory is at least what the process
had that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
out = child.stdout.read() if child.stdout else ""
_, status, usage = os.wait4(child.pid, 0)
seconds = time.perf_counter() - start
child.returncode = os.waitstatus_to_exitcode(status)
said = {
    "seconds": seconds,
    "cpu": usage.ru_utime + usage.ru_stime,
    "megabytes": usage.ru_maxrss // 1024,
    "code": child.returncode,
    "out": out,
}
sys.stdout.write(json.dumps(said))

"""Measuring: wall time and peak memory of processes, medians and percentiles of calls."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessRun:
    """One run of a command: seconds from start to end, and its peak resident memory in MB."""

    seconds: float
    peak_mb: float


#: A child starts with its parent's peak memory, so a small process stands between it and us.
_LAUNCHER = """
import os, sys, time
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
print(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / 1024, file=sys.stderr)
"""


def run_process(command: Sequence[str]) -> ProcessRun:
    """Run a command to its end, its first word a path. Raises ``CalledProcessError`` when it fails."""
    launched = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _LAUNCHER, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
        text=True,
    )
    code, seconds, peak_mb = launched.stderr.splitlines()[-1].split()
    if code != "0":
        raise subprocess.CalledProcessError(int(code), command, stderr=launched.stderr)
    return ProcessRun(float(seconds), float(peak_mb))


def milliseconds(calls: Iterable[Callable[[], object]]) -> list[float]:
    """How long each call takes, ascending."""
    taken = []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(ascending: Sequence[float], share: float) -> float:
    return ascending[min(len(ascending) - 1, int(len(ascending) * share))]

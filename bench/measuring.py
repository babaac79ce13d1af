"""Measuring: wall time and peak memory of processes, medians and percentiles of calls."""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


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


def run_process(command: Sequence[str], *, finds: bool = False) -> ProcessRun:
    """Run a command to its end, its first word a path. Raises ``CalledProcessError`` when it fails.

    ``finds``: its exit status 1 says that it found something.
    """
    launched = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _LAUNCHER, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
        text=True,
    )
    code, seconds, peak_mb = launched.stderr.splitlines()[-1].split()
    if code not in ("0", "1" if finds else "0"):
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


def spread(figure: str, taken: list[float], target: str) -> tuple[str, str, str]:
    """A line of milliseconds, ascending: the figure and its sample's size, the value, the target."""
    value = f"median {median(taken):.2f} ms, p99 {percentile(taken, 0.99):.2f} ms"
    return f"{figure}, n = {len(taken)}", value, target


def resident_mb() -> float:
    """The memory of this process that is in use now, in MB; 0 where the system does not tell it so."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def set_own_data_aside() -> None:
    """Let the garbage collector look no more through what the benchmark itself holds: it takes 50 ms."""
    gc.collect()
    gc.freeze()

"""Measuring: wall time and peak memory of processes, medians and percentiles of calls."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessRun:
    """One run of a command: seconds from start to end, and its peak resident memory in MB."""

    seconds: float
    peak_mb: float


def run_process(command: Sequence[str], env: Mapping[str, str] | None = None) -> ProcessRun:
    """Run a command to its end. Raises ``CalledProcessError`` when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return ProcessRun(seconds, usage.ru_maxrss / 1024)


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

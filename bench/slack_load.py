"""The Slack bot under load over HTTP, beside a bare Bolt app: three processes, of which one sends."""

import json
import os
import random
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.measuring import median, percentile
from bench.slack_bodies import Body, clicks, commands, mixture, typed
from core.catalog import Catalog
from icdlens.demo import running_bot, slack_api
from index.library import Library

_SEED = 20261122
_RATE = 100
_LONG = "ICDLENS_BENCH_LONG"
_CPU = "process_cpu_seconds_total"
_MEMORY = "process_resident_memory_bytes"


def slack_load() -> Iterator[tuple[str, str, str]]:
    """The figures. Where ``ICDLENS_BENCH_LONG`` is set, for 60 s and over 100,000 requests."""
    is_long = bool(os.environ.get(_LONG))
    seconds, many = (60, 100_000) if is_long else (10, 10_000)
    with Library.open() as library:
        words, codes = _words(library.catalog), _codes(library.catalog)
    yield f"load on the machine before, of {os.cpu_count()} cores", f"{os.getloadavg()[0]:.1f}", ""
    with _bare_bolt() as bare:
        idle = drive(bare, ["M53.9"], rate=_RATE, requests=_RATE * seconds)
        yield _line(f"bare Bolt, a constant, {_RATE}/s", idle, "peer")
        most, least = _drive_and_weigh(bare, ["M53.9"], 3_000)
        yield "bare Bolt, a constant, 16 at once", f"{_per_second(most):.0f}/s", "peer"
        yield "the same, by its own CPU time", f"{least:.2f} ms each", "peer"
    with slack_api() as api, running_bot(api) as bot:
        card = drive(bot, ["M53.9"], rate=_RATE, requests=_RATE * seconds)
        yield _line(f"/icd M53.9, {_RATE}/s for {seconds} s", card, "median ≤ 4 ms, p99 ≤ 30 ms")
        over = median(card["milliseconds"]) - median(idle["milliseconds"])
        yield "/icd M53.9, over bare Bolt", f"median + {over:.2f} ms", ""
        for name, texts in (("/icd M53.9", ["M53.9"]), (f"/icd of {len(codes):,} codes in turn", codes)):
            sustained, used = _drive_and_weigh(bot, texts, 500 * seconds)
            yield f"{name}, 16 at once, {500 * seconds:,}", f"{_per_second(sustained):.0f}/s", "≥ 500/s"
            times = f", {used / least:.1f} × bare Bolt's" if least else ""
            yield "the same, by the bot's own CPU time", f"{used:.2f} ms each{times}", ""
        found = drive(bot, words, rate=10, requests=20 * seconds)
        yield _line("/icd WORDS, 10/s", found, "median ≤ 25 ms, p99 ≤ 120 ms")
        mixed = mixture(clicks(codes[:300]), typed(words), commands(words), commands(codes))
        yield from _overload(bot, mixed, seconds)
        before = _figure(bot, _MEMORY)
        send(bot, mixed, at_once=16, requests=many)
        growth = (_figure(bot, _MEMORY) - before) / 1024 / 1024
        yield f"memory growth over {many:,} requests", f"{growth:.1f} MB", "≤ 20 MB"
    yield "load on the machine after", f"{os.getloadavg()[0]:.1f}", ""


def _line(figure: str, run: dict[str, Any], target: str) -> tuple[str, str, str]:
    taken = run["milliseconds"]
    value = f"median {median(taken):.2f} ms, p99 {percentile(taken, 0.99):.2f} ms"
    return f"{figure}, n = {len(taken)}", value + _failed(run), target


def _overload(bot: str, bodies: list[Body], seconds: int) -> Iterator[tuple[str, str, str]]:
    """Four times the load of everything that people do, and what became of each kind of it."""
    rate = 4 * _RATE
    run = send(bot, bodies, rate=rate, requests=rate * seconds)
    taken = run["milliseconds"]
    value = f"median {median(taken):.1f} ms, p99 {percentile(taken, 0.99):.0f} ms, slowest {taken[-1]:.0f} ms"
    yield f"everything, {rate}/s for {seconds} s: acks, n = {len(taken)}", value + _failed(run), "< 1 s"
    for kind, times in sorted(run["by_kind"].items()):
        put_off = f", {run['busy'].get(kind, 0)} told to ask again"
        yield f"of these, {kind}, n = {len(times)}", f"slowest {times[-1]:.0f} ms{put_off}", ""
    yield "the sender's share of one core", f"{100 * run['cpu'] / run['seconds']:.0f} %", ""


def _failed(run: dict[str, Any]) -> str:
    return f", {run['failures']} FAILED" if run["failures"] else ""


def _per_second(run: dict[str, Any]) -> float:
    return float((len(run["milliseconds"]) - run["failures"]) / run["seconds"])


def drive(events: str, texts: list[str], **order: float) -> dict[str, Any]:
    """Send commands from a process of its own; what ``bench.slack_driver`` says of them."""
    return send(events, commands(texts), "Dorsopathy" if texts == ["M53.9"] else "", **order)


def send(events: str, bodies: list[Body], expected: str = "", **order: float) -> dict[str, Any]:
    """The same for requests of any kind."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bench.slack_driver"],
        input=json.dumps({"events": events, "bodies": bodies, "expected": expected, **order}),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    run: dict[str, Any] = json.loads(done.stdout)
    return run


def _drive_and_weigh(events: str, texts: list[str], requests: int) -> tuple[dict[str, Any], float]:
    """Sixteen at once, and the milliseconds of CPU time that the process under load took for each."""
    before = _figure(events, _CPU)
    run = drive(events, texts, at_once=16, requests=requests)
    return run, 1000 * (_figure(events, _CPU) - before) / requests


@contextmanager
def _bare_bolt() -> Iterator[str]:
    command = [sys.executable, "-P", "-m", "bench.bare_bolt"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _figure(events: str, name: str) -> float:
    """One of the bot's own figures, named by a pattern; 0 on systems that do not tell it."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(events.replace("/slack/events", "/metrics"), timeout=60) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.M)
    return float(found[1]) if found else 0.0


def _codes(catalog: Catalog) -> list[str]:
    entries = list(catalog.codes())
    return [entry.name for entry in random.Random(_SEED).sample(entries, 1_800)]


def _words(catalog: Catalog) -> list[str]:
    """Two to four words of titles, as people type them."""
    chosen = random.Random(_SEED)
    found = []
    for entry in chosen.sample(list(catalog.codes()), 400):
        words = re.findall(r"[a-z]{4,}", (entry.title or "").lower())
        if len(words) >= 2:
            found.append(" ".join(words[: chosen.randint(2, 4)]))
    return found

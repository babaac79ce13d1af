"""The steps of the Docker image, run in a folder of their own, and the app as the image starts it."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from slack_bot.http_server import EVENTS, HEALTH
from slack_bot.recents import FILE
from tests.slack_bot.fake_slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack, running_fake_slack
from tests.slack_bot.slack_requests import form, signed

pytestmark = pytest.mark.deploy

ROOT = Path(__file__).parents[2]
NOBODY = 65_534


def stages() -> list[list[str]]:
    """The instructions of each stage, one a line."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[a + 1 : b] for a, b in zip(starts, [*starts[1:], None], strict=True)]


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """A folder that stands for the image's root, with what the first stage makes."""
    root = Path(tempfile.mkdtemp(prefix="icdlens-image-"))
    try:
        root.chmod(0o755)
        (root / "bin").mkdir()
        (root / "bin" / "python").symlink_to(sys.executable)
        ours = ("ICDLENS_", "SLACK_", "VIRTUAL")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment["PATH"] = f"{root / 'bin'}:{environment['PATH']}"
        place = root
        for line in stages()[0]:
            instruction, _, rest = line.partition(" ")
            if instruction == "WORKDIR":
                place = root / rest.lstrip("/")
                place.mkdir(parents=True)
            elif instruction == "COPY":
                *names, target = shlex.split(rest)
                for name in names:
                    copy(ROOT / name, place / target / ("" if target != "./" else name))
            elif instruction == "RUN":
                command = rest.replace("/opt/", f"{root}/opt/")
                subprocess.run(["/bin/sh", "-c", command], cwd=place, env=environment, check=True)
            else:
                raise AssertionError(f"the test does not know {instruction}")
        yield root
    finally:
        shutil.rmtree(root)


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        unwanted = shutil.ignore_patterns("__pycache__", "vscode")
        shutil.copytree(source, target, ignore=unwanted)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def started(built: Path, slack: FakeSlack) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of the last stage."""
    lines = dict(line.split(" ", 1) for line in stages()[1])
    command = json.loads(lines["ENTRYPOINT"]) + json.loads(lines["CMD"])
    environment = dict(re.findall(r"(\w+)=(\S+)", lines["ENV"]))
    inside = {name: value.replace("/opt/", f"{built}/opt/") for name, value in environment.items()}
    given = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": slack.api_url,
        "ICDLENS_SLACK_HOST": "127.0.0.1",  # not to be reached from elsewhere while it is tested
        "ICDLENS_SLACK_PORT": "0",
    }
    return [part.replace("/opt/", f"{built}/opt/") for part in command], {**inside, **given}


@pytest.mark.asyncio
async def test_the_image_answers_and_writes_nothing(built: Path) -> None:
    before = files(built)
    async with running_fake_slack() as slack:
        command, environment = started(built, slack)
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            cwd="/",
            stderr=asyncio.subprocess.PIPE,
            user=NOBODY if os.geteuid() == 0 and is_for_all(Path(sys.executable).resolve()) else None,
        )
        try:
            assert process.stderr is not None
            # Before it, who may not write there is told that recent codes are kept in memory.
            said = b""
            async for said in process.stderr:
                if said.startswith(b"Listening"):
                    break
            origin = said.decode().split()[2].partition(EVENTS)[0]
            async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
                assert (await client.get(HEALTH)).status_code == 200
                body = form("M53.9")
                answer = await client.post(EVENTS, content=body, headers=signed(body))
                assert answer.json()["text"].startswith("M53.9 Dorsopathy, unspecified")
        finally:
            process.terminate()
            _, rest = await process.communicate()
    assert (process.returncode, rest) == (0, b"")
    assert files(built) == before


def test_many_workspaces_have_what_they_need(built: Path) -> None:
    script = "import psycopg, slack_bot.installations; print(psycopg.pq.__impl__)"
    python = built / "opt" / "icdlens" / "bin" / "python"
    run = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "binary"  # no library of the system is needed


def is_for_all(program: Path) -> bool:
    """Whether every user reaches it. Here, Python may stand in a folder of root."""
    return all(folder.stat().st_mode & 0o001 for folder in program.parents)


def files(root: Path) -> set[tuple[str, int]]:
    """All files but that of the recent codes, which only root could write there."""
    found = [path for path in root.rglob("*") if path.is_file() and path.name != FILE]
    return {(str(path), path.stat().st_mtime_ns) for path in found}

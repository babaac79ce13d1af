"""A PostgreSQL of the tests' own, started from the system's package."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_DEBIAN = Path("/usr/lib/postgresql")


@dataclass
class PostgreSQL:
    """A cluster on loopback that can be stopped and started again."""

    programs: Path
    folder: Path
    port: int
    password: str
    account: str | None
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            str(self.programs / "postgres"),
            "-D",
            str(self.folder / "data"),
            "-p",
            str(self.port),
            *options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, user=self.account)
        self.psql("SELECT 1", attempts=100)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # at once, as where the machine is gone
            self._process.wait()
            self._process = None

    def database(self) -> str:
        """The address of a fresh database."""
        name = f"slack_{secrets.token_hex(4)}"
        self.psql(f"CREATE DATABASE {name}")
        return f"postgresql://icdlens:{self.password}@127.0.0.1:{self.port}/{name}"

    def psql(self, statement: str, *, database: str = "postgres", attempts: int = 1) -> str:
        command = [str(self.programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "icdlens"]
        environment = {**os.environ, "PGPASSWORD": self.password}
        for remaining in reversed(range(attempts)):
            run = subprocess.run(
                [*command, "-At", "-c", statement, database],
                env=environment,
                capture_output=True,
                text=True,
                check=remaining == 0,
            )
            if run.returncode == 0:
                return run.stdout
            time.sleep(0.1)
        raise AssertionError


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A fresh cluster. Skips the test where the package is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: tests/slack_bot/postgresql.sh installs it")
    folder = Path(tempfile.mkdtemp(prefix="icdlens-postgresql-"))
    account = _unprivileged() if os.geteuid() == 0 else None  # PostgreSQL does not run as root
    try:
        password = secrets.token_hex(8)
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            if account:
                shutil.chown(path, account)
        subprocess.run(
            [
                *(
                    str(programs / "initdb"),
                    "-D",
                    str(folder / "data"),
                    "-U",
                    "icdlens",
                    "--no-sync",
                    "-E",
                    "UTF8",
                ),
                *("--auth=scram-sha-256", "--locale=C", f"--pwfile={folder / 'password'}"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=account,
        )
        server = PostgreSQL(programs, folder, _free_port(), password, account)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """The folder with the programs of the newest version, Debian's or that of the path."""
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda path: float(path.parts[-2]), reverse=True)
    on_path = shutil.which("initdb")
    for folder in (*versions, *([Path(on_path).parent] if on_path else [])):
        if all((folder / name).is_file() for name in ("postgres", "initdb", "psql")):
            return folder
    return None


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port

"""The codes that a member looked at last: only for those who switched it on, and gone when they say so."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from core.code import Code, InvalidCode
from slack_bot.members import Member

FILE = "slack-recents.sqlite"
MOST = 10  # codes of a member

_TABLES = """
CREATE TABLE IF NOT EXISTS member (team TEXT, user TEXT, PRIMARY KEY (team, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recent (
  team TEXT, user TEXT, code TEXT, at REAL, PRIMARY KEY (team, user, code),
  FOREIGN KEY (team, user) REFERENCES member ON DELETE CASCADE) WITHOUT ROWID;
"""


class Recents(Protocol):
    """Where recent codes are kept. Codes and dates are all there is: no queries, no texts."""

    async def codes(self, member: Member) -> Sequence[Code] | None:
        """The codes, the latest first; ``None`` where the member has not switched it on."""

    async def switch_on(self, member: Member) -> None:
        """Begin to remember."""

    async def add(self, member: Member, code: Code) -> None:
        """Remember a code, if the member has switched it on."""

    async def forget(self, member: Member) -> None:
        """Switch it off and delete everything of the member."""

    async def forget_team(self, team: str) -> None:
        """Delete everything of a workspace, which removed the app."""


@contextmanager
def opened_recents(folder: Path, announce: Callable[[str], None]) -> Iterator["SqliteRecents"]:
    """The recent codes in a folder; in memory, which is said, where nothing can be written there."""
    try:
        recents = SqliteRecents(folder / FILE)
    except (OSError, sqlite3.Error) as error:
        announce(f"Recent codes are kept in memory only: {folder / FILE} cannot be used ({error})")
        recents = SqliteRecents()
    try:
        yield recents
    finally:
        recents.close()


class SqliteRecents:
    """Recent codes in a file, or in memory for a process's lifetime. For one thread."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or make the file, for this user's eyes only. Raises ``OSError`` or ``sqlite3.Error``."""
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=1)
        self._db.executescript(f"PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; {_TABLES}")

    def close(self) -> None:
        self._db.close()

    async def codes(self, member: Member) -> Sequence[Code] | None:
        key = (member.team, member.user)
        if not self._db.execute("SELECT 1 FROM member WHERE team = ? AND user = ?", key).fetchone():
            return None
        rows = self._db.execute(
            "SELECT code FROM recent WHERE team = ? AND user = ? ORDER BY at DESC, code LIMIT ?", (*key, MOST)
        )
        found = []
        for (text,) in rows:
            with suppress(InvalidCode):  # another program may have written it
                found.append(Code(text))
        return found

    async def switch_on(self, member: Member) -> None:
        self._db.execute("INSERT OR IGNORE INTO member VALUES (?, ?)", (member.team, member.user))

    async def add(self, member: Member, code: Code) -> None:
        if await self.codes(member) is None:
            return
        key = (member.team, member.user)
        self._db.execute("INSERT OR REPLACE INTO recent VALUES (?, ?, ?, ?)", (*key, code.text, time.time()))
        self._db.execute(
            "DELETE FROM recent WHERE team = ?1 AND user = ?2 AND code NOT IN (SELECT code FROM recent "
            "WHERE team = ?1 AND user = ?2 ORDER BY at DESC, code LIMIT ?3)",
            (*key, MOST),
        )

    async def forget(self, member: Member) -> None:
        self._db.execute("DELETE FROM member WHERE team = ? AND user = ?", (member.team, member.user))

    async def forget_team(self, team: str) -> None:
        self._db.execute("DELETE FROM member WHERE team = ?", (team,))

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.code import Code
from slack_bot.members import Member
from slack_bot.recents import FILE, MOST, SqliteRecents, opened_recents

ONE, OTHER = Member("TPLANTED", "UPLANTED"), Member("TOTHER", "UPLANTED")
CODES = [Code(f"M{n}") for n in range(10, 10 + MOST + 3)]


@pytest.mark.asyncio
async def test_nothing_is_kept_until_it_is_switched_on(tmp_path: Path) -> None:
    with closing(SqliteRecents(tmp_path / FILE)) as recents:
        await recents.add(ONE, Code("M53.9"))
        assert await recents.codes(ONE) is None
        await recents.switch_on(ONE)
        assert await recents.codes(ONE) == []
    assert b"PLANTED" in (tmp_path / FILE).read_bytes()
    assert b"M53.9" not in (tmp_path / FILE).read_bytes()


@pytest.mark.asyncio
async def test_the_latest_come_first_and_old_ones_go(tmp_path: Path) -> None:
    with closing(SqliteRecents(tmp_path / FILE)) as recents:
        await recents.switch_on(ONE)
        for code in [*CODES, CODES[5]]:
            await recents.add(ONE, code)
        kept = await recents.codes(ONE)
        assert kept is not None
        assert len(kept) == MOST
        assert kept[0] == CODES[5]
        assert kept[1] == CODES[-1]
        assert CODES[0] not in kept


@pytest.mark.asyncio
async def test_it_outlives_the_process(tmp_path: Path) -> None:
    for _ in range(2):
        with closing(SqliteRecents(tmp_path / FILE)) as recents:
            await recents.switch_on(ONE)
            await recents.add(ONE, Code("M53.9"))
    with closing(SqliteRecents(tmp_path / FILE)) as recents:
        assert await recents.codes(ONE) == [Code("M53.9")]


@pytest.mark.asyncio
async def test_forgetting_leaves_no_byte(tmp_path: Path) -> None:
    with closing(SqliteRecents(tmp_path / FILE)) as recents:
        await recents.switch_on(ONE)
        await recents.add(ONE, Code("M53.9"))
        await recents.forget(ONE)
        assert await recents.codes(ONE) is None
    left = (tmp_path / FILE).read_bytes()
    assert b"PLANTED" not in left
    assert b"M53.9" not in left


@pytest.mark.asyncio
async def test_a_workspace_that_leaves_takes_its_own_with_it() -> None:
    with closing(SqliteRecents()) as recents:
        for member in (ONE, OTHER):
            await recents.switch_on(member)
        await recents.forget_team("TPLANTED")
        assert await recents.codes(ONE) is None
        assert await recents.codes(OTHER) == []


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    with closing(SqliteRecents(tmp_path / "new" / FILE)):
        assert (tmp_path / "new" / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.asyncio
async def test_where_nothing_can_be_written_it_is_kept_in_memory_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    said: list[str] = []
    with opened_recents(tmp_path, said.append) as recents:
        await recents.switch_on(ONE)
        assert await recents.codes(ONE) == []
    assert len(said) == 1
    assert said[0].startswith("Recent codes are kept in memory only")


@pytest.mark.asyncio
async def test_what_another_program_wrote_is_passed_over(tmp_path: Path) -> None:
    with closing(SqliteRecents(tmp_path / FILE)) as recents:
        await recents.switch_on(ONE)
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
            other.execute("INSERT INTO recent VALUES ('TPLANTED', 'UPLANTED', '<!channel>', 1)")
        assert await recents.codes(ONE) == []

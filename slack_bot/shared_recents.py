"""Recent codes in the database of the installations, for replicas: sealed, and found without saying whose."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.code import Code, InvalidCode
from slack_bot.installations import Installations, available, one_at_a_time
from slack_bot.members import Member
from slack_bot.recents import MOST
from slack_bot.sealing import KeyMissing, Seal

_METADATA = sqlalchemy.MetaData()
#: A row for each member who switched it on. Who that is and what the codes are is in ``sealed`` alone.
_TABLE = sqlalchemy.Table(
    "icdlens_slack_recents",
    _METADATA,
    sqlalchemy.Column("member", sqlalchemy.String(64), primary_key=True),
    sqlalchemy.Column("team", sqlalchemy.String(64), index=True, nullable=False),
    sqlalchemy.Column("sealed", sqlalchemy.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a row holds."""

    member: Member
    codes: tuple[str, ...] = ()

    @classmethod
    def opened(cls, seal: Seal, sealed: str) -> Self:
        team, user, codes = json.loads(seal.opened(sealed))
        return cls(Member(team, user), tuple(codes))

    def row(self, seal: Seal) -> dict[str, Any]:
        text = json.dumps([self.member.team, self.member.user, self.codes])
        member, team = seal.marks(_name(self.member))[0], seal.marks(self.member.team)[0]
        return {"member": member, "team": team, "sealed": seal.sealed(text)}


class SharedRecents:
    """Recent codes that all replicas know, and any of them can delete. All raise ``Unavailable``."""

    def __init__(self, installations: Installations) -> None:
        self._engine = installations.engine
        self._seal = installations.seal

    async def prepare(self) -> None:
        """Make the table where it is missing, and delete what none of the keys opens: its owner could not."""
        async with available(), self._engine.begin() as connection:
            await one_at_a_time(connection)
            await connection.run_sync(_METADATA.create_all)
            for member, sealed in await connection.execute(
                sqlalchemy.select(_TABLE.c.member, _TABLE.c.sealed)
            ):
                try:
                    self._seal.opened(sealed)
                except KeyMissing:
                    await connection.execute(_TABLE.delete().where(_TABLE.c.member == member))

    async def codes(self, member: Member) -> Sequence[Code] | None:
        async with available(), self._engine.connect() as connection:
            kept = await self._kept(connection, member)
        if kept is None:
            return None
        found = []
        for text in kept.codes:
            with suppress(InvalidCode):  # another version may have written it
                found.append(Code(text))
        return found

    async def switch_on(self, member: Member) -> None:
        if await self.codes(member) is None:
            async with available():
                with suppress(IntegrityError):  # a second press of the button, at another replica
                    async with self._engine.begin() as connection:
                        await connection.execute(_TABLE.insert().values(_Kept(member).row(self._seal)))

    async def add(self, member: Member, code: Code) -> None:
        async with available(), self._engine.begin() as connection:
            kept = await self._kept(connection, member, locks=True)
            if kept is not None:
                others = (text for text in kept.codes if text != code.text)
                renewed = _Kept(member, (code.text, *others)[:MOST])
                update = _TABLE.update().where(self._is(member)).values(renewed.row(self._seal))
                await connection.execute(update)

    async def forget(self, member: Member) -> None:
        async with available(), self._engine.begin() as connection:
            await connection.execute(_TABLE.delete().where(self._is(member)))

    async def forget_team(self, team: str) -> None:
        async with available(), self._engine.begin() as connection:
            await connection.execute(_TABLE.delete().where(_TABLE.c.team.in_(self._seal.marks(team))))

    async def renew(self) -> None:
        """Seal all with the first key, and find them by it. Raises ``KeyMissing`` too."""
        async with available(), self._engine.begin() as connection:
            rows = (await connection.execute(sqlalchemy.select(_TABLE).with_for_update())).mappings().all()
            for row in rows:
                renewed = _Kept.opened(self._seal, row["sealed"]).row(self._seal)
                await connection.execute(
                    _TABLE.update().where(_TABLE.c.member == row["member"]).values(renewed)
                )

    async def _kept(
        self, connection: AsyncConnection, member: Member, *, locks: bool = False
    ) -> _Kept | None:
        query = sqlalchemy.select(_TABLE.c.sealed).where(self._is(member))
        sealed = (await connection.execute(query.with_for_update() if locks else query)).scalar()
        return None if sealed is None else _Kept.opened(self._seal, sealed)

    def _is(self, member: Member) -> sqlalchemy.ColumnElement[bool]:
        return _TABLE.c.member.in_(self._seal.marks(_name(member)))


def _name(member: Member) -> str:
    return f"{member.team} {member.user}"

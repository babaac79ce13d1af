"""Where the app is installed: one bot token for each workspace, sealed, in a database that replicas share.

slack_sdk's SQLAlchemy stores do the work. What is kept is the bot's token and what it takes to find it;
nothing is kept of the person who installed the app.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import IcdlensError
from slack_bot.quiet_log import quiet_databases, slack_logger
from slack_bot.sealing import KeyMissing, Seal
from slack_bot.settings import DATABASE, InstallSettings, SettingsError

STATE_SECONDS = 600
_SECONDS = 3  # Slack waits as long for an answer
_SECRETS = ("bot_token", "bot_refresh_token")
#: By how much Slack's clock and ours may differ.
_CLOCKS_DIFFER = 5
_LOCK = 0x1CD1E45


class Unavailable(IcdlensError):
    """The database of the installations does not answer."""

    FOR_USERS = (
        "icdlens cannot look up this workspace right now, because its database does not answer. "
        "Try again in a minute."
    )


class NotInstalled(IcdlensError):
    """The workspace of a request has no installation."""

    FOR_USERS = (
        "icdlens is not installed in this workspace any more. Ask the people who run your workspace to "
        "install it again."
    )


class _Store(AsyncSQLAlchemyInstallationStore):
    """slack_sdk's store, its columns wide enough for what is sealed."""

    @classmethod
    def build_bots_table(cls, metadata: sqlalchemy.MetaData, table_name: str) -> sqlalchemy.Table:
        table = super().build_bots_table(metadata, table_name)
        for name in _SECRETS:
            table.c[name].type = sqlalchemy.Text()
        return table


class States(AsyncSQLAlchemyOAuthStateStore):
    """The states of installations under way: each is good for one redirect, whichever replica gets it."""

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state; those that expired are forgotten. Raises ``Unavailable``."""
        expired = self.oauth_states.delete().where(self.oauth_states.c.expire_at <= _now())
        async with available():
            async with self.engine.begin() as connection:
                await connection.execute(expired)
            return await super().async_issue(*args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued and not used yet. Raises ``Unavailable``.

        slack_sdk's own reads before it deletes, so two replicas could both take one state.
        """
        columns = self.oauth_states.c
        deletion = self.oauth_states.delete().where(columns.state == state, columns.expire_at > _now())
        async with available(), self.engine.begin() as connection:
            return (await connection.execute(deletion)).rowcount == 1


class Installations(AsyncInstallationStore):
    """The installations, with their tokens sealed in the database and open in what is returned."""

    def __init__(self, settings: InstallSettings, engine: AsyncEngine, seal: Seal) -> None:
        self.engine = engine
        self.seal = seal
        self._store = _Store(
            settings.client_id,
            engine,
            bots_table_name="icdlens_slack_bots",
            installations_table_name="icdlens_slack_installations",  # never made: it is for people's tokens
            logger=slack_logger(),
        )
        self.states = States(STATE_SECONDS, engine, slack_logger(), "icdlens_slack_states")

    async def prepare(self) -> None:
        """Make the tables where they are missing. Raises ``Unavailable``, and ``KeyMissing``.

        Every stored token must open: a forgotten key is noticed now and not by a user.
        """
        async with available(), self.engine.begin() as connection:
            await one_at_a_time(connection)
            await connection.run_sync(self._store.metadata.create_all, tables=[self._store.bots])
            await connection.run_sync(self.states.metadata.create_all)
        for row in await self._sealed():
            for name in _SECRETS:
                if row[name] is not None:
                    self.seal.opened(row[name])

    async def check(self) -> None:
        """Whether the database answers. Raises ``Unavailable``."""
        async with available(), self.engine.connect() as connection:
            await connection.execute(sqlalchemy.select(self._store.bots.c.id).limit(1))

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's token, and no longer the one that the workspace had. Raises ``Unavailable``."""
        async with available():
            await self._store.async_save_bot(self._with_secrets(bot, self.seal.sealed))
        await self._delete(bot.enterprise_id, bot.team_id, lambda at: at < _utc(bot.installed_at))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace. Raises ``Unavailable`` and ``KeyMissing``."""
        async with available():
            bot = await self._store.async_find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
            )
        return None if bot is None else self._with_secrets(bot, self.seal.opened)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        async with available():
            await self._store.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Nothing: no person's token is kept."""

    async def forget(self, enterprise_id: str | None, team_id: str | None, event_time: float) -> None:
        """Remove what was installed before an event that says it is gone. Raises ``Unavailable``.

        Slack may deliver the event an hour late, and the app may have been installed anew meanwhile.
        """
        until = _utc(event_time + _CLOCKS_DIFFER)
        await self._delete(enterprise_id, team_id, lambda at: at <= until)

    async def renew(self) -> int:
        """Seal every token with the first key; how many there were.

        Raises ``Unavailable`` and ``KeyMissing``.
        """
        rows = await self._sealed()
        bots = self._store.bots
        async with available(), self.engine.begin() as connection:
            for row in rows:
                values = {n: self.seal.resealed(row[n]) for n in _SECRETS if row[n] is not None}
                # Not where it was installed anew since it was read.
                is_same = bots.c.bot_token == row["bot_token"]
                await connection.execute(
                    bots.update().where(bots.c.id == row["id"], is_same).values(**values)
                )
        return len(rows)

    async def close(self) -> None:
        await self.engine.dispose()

    async def _sealed(self) -> list[dict[str, Any]]:
        bots = self._store.bots
        columns = [bots.c.id, *(bots.c[name] for name in _SECRETS)]
        query = sqlalchemy.select(*columns).where(bots.c.client_id == self._store.client_id)
        async with available(), self.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def _delete(
        self,
        enterprise_id: str | None,
        team_id: str | None,
        installed: Callable[[Any], sqlalchemy.ColumnElement[bool]],
    ) -> None:
        columns = self._store.bots.c
        deletion = self._store.bots.delete().where(
            columns.client_id == self._store.client_id,
            columns.enterprise_id == enterprise_id,
            columns.team_id == team_id,
            installed(columns.installed_at),
        )
        async with available(), self.engine.begin() as connection:
            await connection.execute(deletion)

    @staticmethod
    def _with_secrets(bot: Bot, change: Callable[[str], str]) -> Bot:
        changed = copy.copy(bot)
        for name in _SECRETS:
            if (secret := getattr(bot, name)) is not None:
                setattr(changed, name, change(secret))
        return changed


@asynccontextmanager
async def opened(settings: InstallSettings) -> AsyncIterator[Installations]:
    """The installations of the settings' database. Raises ``SettingsError`` where its driver is missing."""
    installations = Installations(settings, _engine(settings.database), Seal(settings.keys))
    try:
        yield installations
    finally:
        await installations.close()


def authorizing(authorized: AuthorizeResult | Installations) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's ``authorize``: the one bot, or that of the request's workspace. Slack is not asked."""

    async def the_one() -> AuthorizeResult:
        assert isinstance(authorized, AuthorizeResult)
        return authorized

    async def of_workspace(
        context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult:
        assert isinstance(authorized, Installations)
        bot = await authorized.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=context.is_enterprise_install
        )
        if bot is None:
            raise NotInstalled("A request came from a workspace without an installation")
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
            bot_scopes=bot.bot_scopes,
        )

    return of_workspace if isinstance(authorized, Installations) else the_one


def sentence_for(error: Exception) -> str | None:
    """What a user is told where an error says it, ``None`` where it does not."""
    if isinstance(error, KeyMissing):
        return Unavailable.FOR_USERS
    return error.FOR_USERS if isinstance(error, Unavailable | NotInstalled) else None


def _engine(database: str) -> AsyncEngine:
    is_sqlite = database.startswith("sqlite:")
    address = sqlalchemy.make_url(database).set(
        drivername="sqlite+aiosqlite" if is_sqlite else "postgresql+psycopg"
    )
    quiet_databases()
    try:
        if is_sqlite:
            _make_private(Path(address.database or ""))
            return create_async_engine(address, hide_parameters=True, connect_args={"timeout": _SECONDS})
        return create_async_engine(
            address,
            hide_parameters=True,
            connect_args={"connect_timeout": _SECONDS},
            pool_pre_ping=True,  # after the database was started again, old connections are dead
            pool_timeout=_SECONDS,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{DATABASE} needs the package {error.name}; install icdlens with it: "
            "pip install 'icdlens[slack,slack-postgresql]'"
        ) from None


def _make_private(file: Path) -> None:
    """Make the database's file where it is missing, for nobody else to read."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise SettingsError(
            f"The file that {DATABASE} names cannot be written ({error.strerror}): name another"
        ) from None


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Let no other replica make tables before this transaction ends."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sqlalchemy.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


@asynccontextmanager
async def available() -> AsyncIterator[None]:
    """Say that the database does not answer, whichever way it does not. Its own words may hold values."""
    try:
        async with asyncio.timeout(_SECONDS + 1):
            yield
    except (sqlalchemy.exc.SQLAlchemyError, OSError, TimeoutError) as error:
        raise Unavailable(
            f"The database that {DATABASE} names does not answer as it should ({type(error).__name__}): "
            "check that it runs and lets icdlens in"
        ) from None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)  # slack_sdk's columns hold UTC without saying so


def _utc(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)

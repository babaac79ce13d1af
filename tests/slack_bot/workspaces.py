"""The app in many workspaces, within the tests' own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from slack_sdk.signature import SignatureVerifier

from index.library import Library
from slack_bot.app import build_app, web_client
from slack_bot.bot import Bot
from slack_bot.http_server import EVENTS, Operations, asgi
from slack_bot.installations import Installations, opened
from slack_bot.metrics import Metrics
from slack_bot.oauth import INSTALL, InstallPages
from slack_bot.readiness import Readiness, slack_check, snapshot_check
from slack_bot.recents import Recents
from slack_bot.settings import InstallSettings, Settings
from slack_bot.shared_recents import SharedRecents
from tests.slack_bot.conftest import today
from tests.slack_bot.fake_slack import SIGNING_SECRET
from tests.slack_bot.installing_slack import CLIENT_ID, CLIENT_SECRET, InstallingSlack
from tests.slack_bot.slack_requests import form, json_event, signed

PUBLIC = "https://icd.example.org"
KEYS = ("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=")


def install_settings(database: str, *keys: str) -> InstallSettings:
    return InstallSettings(CLIENT_ID, CLIENT_SECRET, PUBLIC, database, keys or KEYS[:1])


@dataclass
class Workspaces:
    """The app, and what a browser and Slack do with it."""

    slack: InstallingSlack
    installations: Installations
    metrics: Metrics
    browser: httpx.AsyncClient

    async def install(self, team: str) -> httpx.Response:
        """Install the app as an admin does: the page, Slack's own page, and back."""
        link, cookie = await self.begin()
        return await self.finish(self.slack.approve(link, team), cookie)

    async def begin(self) -> tuple[str, str]:
        """The link to Slack on the installation page, and the page's cookie."""
        page = await self.browser.get(INSTALL)
        assert page.status_code == 200
        link = page.text.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        return link, page.headers["set-cookie"].partition(";")[0]

    async def finish(self, address: str, cookie: str | None) -> httpx.Response:
        self.browser.cookies.clear()  # exactly the one that is given
        headers = {"Cookie": cookie} if cookie else {}
        return await self.browser.get(address.removeprefix(PUBLIC), headers=headers)

    async def ask(self, text: str, team: str) -> str:
        """What a person in a workspace reads as the answer to a command."""
        body = form(text).replace(b"team_id=T1", f"team_id={team}".encode())
        response = await self.browser.post(EVENTS, content=body, headers=signed(body))
        assert response.status_code == 200
        answer: str = response.json()["text"]
        return answer

    async def event(self, team: str, at: float, event: dict[str, object], number: int = 1) -> httpx.Response:
        body = json_event(team, at, event, number)
        headers = signed(body, content_type="application/json")
        return await self.browser.post(EVENTS, content=body, headers=headers)


@asynccontextmanager
async def running_workspaces(
    slack: InstallingSlack, library: Library, database: str, *keys: str, recents: Recents | None = None
) -> AsyncIterator[Workspaces]:
    installs = install_settings(database, *keys)
    settings = Settings("", "", SIGNING_SECRET, "127.0.0.1", 0, slack.api_url, installs)
    async with opened(installs) as installations:
        await installations.prepare()
        metrics = Metrics()
        checks = {
            "snapshot": snapshot_check(library),
            "slack": slack_check(web_client(settings)),
            "database": installations.check,
        }
        pages = InstallPages(settings, installs, installations, metrics)
        shared = SharedRecents(installations)
        await shared.prepare()
        bot = Bot(library, today, recents or shared)
        app = build_app(settings, library, installations, bot=bot)
        ticks = iter(range(0, 10**9, 60))  # so that readiness looks anew each time
        readiness = Readiness(checks, lambda: next(ticks))
        web = asgi(app, library, SignatureVerifier(SIGNING_SECRET), Operations(metrics, readiness, pages))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=PUBLIC) as browser:
            yield Workspaces(slack, installations, metrics, browser)
        await bot.deliveries.finish()

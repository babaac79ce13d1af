"""The manifest and the listeners, compared in both directions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

import slack_bot
import slack_bot.app
from index.library import Library
from slack_bot.settings import Settings
from tests.slack_bot.slack_requests import command

Listener = Callable[..., Any]

#: What the app listens to, and the bot scopes that Slack asks for it, from the reference of each event.
#: A mention is answered with chat.postMessage; views.open, views.update and views.publish need no scope.
SCOPES: dict[str, set[str]] = {
    "command": {"commands"},
    "shortcut": {"commands"},
    "app_mention": {"app_mentions:read", "chat:write"},
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}
INTERACTIVE = {"action", "shortcut", "view", "options"}


class RecordingApp(AsyncApp):
    """Bolt's app, that remembers what was registered and in which order."""

    def __init__(self, **arguments: Any) -> None:
        self.registered: list[tuple[str, str]] = []
        super().__init__(**arguments)

    def command(self, name: Any, *rest: Any) -> Any:
        return self._recorded("command", name, super().command(name, *rest))

    def event(self, name: Any, *rest: Any) -> Any:
        return self._recorded("event", name, super().event(name, *rest))

    def action(self, name: Any, *rest: Any) -> Any:
        return self._recorded("action", name, super().action(name, *rest))

    def shortcut(self, name: Any, *rest: Any) -> Any:
        return self._recorded("shortcut", name, super().shortcut(name, *rest))

    def view(self, name: Any, *rest: Any) -> Any:
        return self._recorded("view", name, super().view(name, *rest))

    def options(self, name: Any, *rest: Any) -> Any:
        return self._recorded("options", name, super().options(name, *rest))

    def _recorded(self, kind: str, name: Any, register: Any) -> Any:
        self.registered.append((kind, str(name)))
        return register


@pytest.fixture
def manifest() -> dict[str, Any]:
    path = Path(slack_bot.__file__).with_name("manifest.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, settings: Settings, library: Library) -> RecordingApp:
    monkeypatch.setattr(slack_bot.app, "AsyncApp", RecordingApp)
    authorized = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=settings.bot_token)
    app = slack_bot.app.build_app(settings, library, authorized)
    assert isinstance(app, RecordingApp)
    return app


def promised(manifest: dict[str, Any]) -> set[tuple[str, str]]:
    features, settings = manifest["features"], manifest["settings"]
    commands = {("command", entry["command"]) for entry in features.get("slash_commands", [])}
    shortcuts = {("shortcut", entry["callback_id"]) for entry in features.get("shortcuts", [])}
    events = {("event", name) for name in settings.get("event_subscriptions", {}).get("bot_events", [])}
    return commands | shortcuts | events


def test_every_entry_has_a_listener_and_every_listener_an_entry(
    manifest: dict[str, Any], recorded: RecordingApp
) -> None:
    declared = {entry for entry in recorded.registered if entry[0] in ("command", "shortcut", "event")}
    assert declared == promised(manifest)
    # Nothing was registered by a way that is not recorded.
    assert len(recorded.registered) == len(recorded._async_listeners)


def test_the_scopes_are_those_that_the_listeners_need(
    manifest: dict[str, Any], recorded: RecordingApp
) -> None:
    # Clicks, suggestions and views belong to what the scopes above let the app show.
    listened = [
        (kind, name) for kind, name in recorded.registered if kind in ("command", "shortcut", "event")
    ]
    needed = set[str]().union(*(SCOPES[name if kind == "event" else kind] for kind, name in listened))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in manifest["oauth_config"]["scopes"]


def test_interactivity_is_on_where_a_listener_needs_it(
    manifest: dict[str, Any], recorded: RecordingApp
) -> None:
    needed = any(kind in INTERACTIVE for kind, _ in recorded.registered)
    assert manifest["settings"]["interactivity"]["is_enabled"] is needed


def test_the_command_is_tried_first(recorded: RecordingApp) -> None:
    assert recorded.registered[0] == ("command", "/icd")


def test_the_manifest_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    # From the reference of the app manifest.
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for entry in manifest["features"]["slash_commands"]:
        assert len(entry["command"]) <= 32
        assert len(entry["description"]) <= 2000
        assert len(entry["usage_hint"]) <= 1000
    for entry in manifest["features"]["shortcuts"]:
        assert len(entry["name"]) <= 24
        assert len(entry["callback_id"]) <= 255
        assert len(entry["description"]) <= 150
    assert manifest["settings"]["socket_mode_enabled"] is True


def test_every_scope_is_explained_to_admins(manifest: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    for scope in manifest["oauth_config"]["scopes"]["bot"]:
        assert f"| `{scope}` |" in page


def test_the_home_tab_is_on_and_the_app_takes_no_direct_messages(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] is True
    assert home["messages_tab_enabled"] is False


@pytest.mark.asyncio
async def test_the_app_answers_what_the_manifest_promises_and_nothing_else(
    manifest: dict[str, Any], app: AsyncApp
) -> None:
    names = [entry["command"] for entry in manifest["features"]["slash_commands"]]
    for name in (*names, "/other"):
        request = AsyncBoltRequest(body=command("M53.9", name), mode="socket_mode")
        response = await app.async_dispatch(request)
        assert response.status == (200 if name in names else 404)

"""The app manifest, and what follows from it."""

import json
from importlib.resources import files
from typing import Any

from slack_bot.settings import SettingsError, is_origin


def bot_scopes() -> list[str]:
    """The permissions that the app asks for."""
    scopes: list[str] = _read()["oauth_config"]["scopes"]["bot"]
    return scopes


def manifest_for(public_url: str | None) -> str:
    """The manifest to paste: for Socket Mode, or for HTTP at an address.

    Raises ``SettingsError`` where it is not one such as ``https://icd.example.org``.
    """
    manifest = _read()
    if public_url is not None:
        if not is_origin(public_url):
            raise SettingsError(
                "The address must start with https:// and have no path, as in https://icd.example.org"
            )
        events = public_url.rstrip("/") + "/slack/events"
        settings = manifest["settings"]
        settings["socket_mode_enabled"] = False
        if settings["interactivity"]["is_enabled"]:
            settings["interactivity"] |= {"request_url": events, "message_menu_options_url": events}
        if "event_subscriptions" in settings:
            settings["event_subscriptions"] = {"request_url": events} | settings["event_subscriptions"]
        for command in manifest["features"].get("slash_commands", ()):
            command["url"] = events
        manifest["oauth_config"]["redirect_urls"] = [public_url.rstrip("/") + "/slack/oauth_redirect"]
    return json.dumps(manifest, indent=2, ensure_ascii=False)


def _read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        files("slack_bot").joinpath("manifest.json").read_text(encoding="utf-8")
    )
    return content

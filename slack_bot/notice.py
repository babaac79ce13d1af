"""A word to one person where there is no message to answer to: a small dialogue."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from slack_bot.blocks import plain, section
from slack_bot.deliveries import patiently
from slack_bot.limits import TITLE, View
from slack_bot.mrkdwn import escape


def notice(text: str) -> View:
    """The dialogue, with one sentence."""
    return {
        "type": "modal",
        "title": plain("icdlens", TITLE),
        "close": plain("Close", TITLE),
        "blocks": [section(escape(text))],
    }


async def tell(client: AsyncWebClient, body: dict[str, Any], text: str) -> None:
    """Show it to the one who clicked or took a shortcut; on top of the dialogue that is open, if one is."""
    trigger, view = str(body.get("trigger_id") or ""), notice(text)
    if (body.get("view") or {}).get("type") == "modal":
        await patiently(lambda: client.views_push(trigger_id=trigger, view=view))
    else:
        await patiently(lambda: client.views_open(trigger_id=trigger, view=view))

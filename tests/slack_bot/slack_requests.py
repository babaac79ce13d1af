"""Requests as Slack sends them."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from tests.slack_bot.fake_slack import SIGNING_SECRET

FORM = "application/x-www-form-urlencoded"


def command(text: str, name: str = "/icd") -> dict[str, str]:
    """The fields of a slash command."""
    return {
        "token": "verification",
        "team_id": "T1",
        "team_domain": "clinic",
        "channel_id": "CPLANTED",
        "channel_name": "planted-channel",
        "user_id": "UPLANTED",
        "user_name": "planted-user",
        "command": name,
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/commands/planted",
        "trigger_id": "1.2.planted",
    }


def form(text: str, name: str = "/icd") -> bytes:
    return urlencode(command(text, name), errors="surrogatepass").encode()


def signed(
    body: bytes, *, secret: str = SIGNING_SECRET, age: int = 0, content_type: str = FORM
) -> dict[str, str]:
    """The headers of a request that was signed ``age`` seconds ago."""
    timestamp = str(int(time.time()) - age)
    mac = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={mac.hexdigest()}",
        "Content-Type": content_type,
    }


def json_event(team: str, at: float, event: dict[str, object], number: int = 1) -> bytes:
    """An event as Slack posts it."""
    body = {
        "token": "verification",
        "team_id": team,
        "api_app_id": "A1",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": int(at),
        "authorizations": [{"team_id": team, "user_id": f"U{team}", "is_bot": True}],
    }
    return json.dumps(body).encode()

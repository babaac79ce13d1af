"""The Slack app's settings: read from the environment in one place, and checked before anything starts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from core.errors import IcdlensError

BOT_TOKEN = "SLACK_BOT_TOKEN"
APP_TOKEN = "SLACK_APP_TOKEN"
SIGNING_SECRET = "SLACK_SIGNING_SECRET"
API_URL = "SLACK_API_URL"
HOST = "ICDLENS_SLACK_HOST"
PORT = "ICDLENS_SLACK_PORT"

_SLACK = "https://slack.com/api/"
_BOT_TOKEN = re.compile(r"xoxb-[0-9A-Za-z-]+")
_APP_TOKEN = re.compile(r"xapp-[0-9A-Za-z-]+")
_SECRET = re.compile(r"[!-~]+")
_HOST = re.compile(r"[0-9A-Za-z.:-]+")
_PORT = re.compile(r"[0-9]{1,5}")


class SettingsError(IcdlensError):
    """Settings are missing or malformed, or Slack refuses them. Names all of them, and never a value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``icdlens slack`` runs with. Secrets are in no representation of it.

    ``app_token`` is empty over HTTP and ``signing_secret`` over Socket Mode: neither is read where it
    is not used. Port 0 lets the system choose.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    host: str
    port: int
    api_url: str

    @classmethod
    def read(cls, environ: Mapping[str, str], *, http: bool) -> Self:
        """Read the settings of one mode. Raises ``SettingsError`` that names everything that is wrong."""
        needed = (BOT_TOKEN, SIGNING_SECRET) if http else (BOT_TOKEN, APP_TOKEN)
        values = {name: environ.get(name, "").strip() for name in needed}
        values[API_URL] = environ.get(API_URL, "").strip() or _SLACK
        if http:
            values[HOST] = environ.get(HOST, "").strip() or "127.0.0.1"
            values[PORT] = environ.get(PORT, "").strip() or "3000"
        if faults := list(_faults(values)):
            raise SettingsError(
                f"The settings are not right: {'; '.join(faults)}. Set what is named in the environment; "
                "the README's part for Slack admins says where to find it."
            )
        return cls(
            bot_token=values[BOT_TOKEN],
            app_token=values.get(APP_TOKEN, ""),
            signing_secret=values.get(SIGNING_SECRET, ""),
            host=values.get(HOST, ""),
            port=int(values.get(PORT, "0")),
            api_url=values[API_URL].rstrip("/") + "/",
        )


def _faults(values: Mapping[str, str]) -> Iterator[str]:
    rules = {
        BOT_TOKEN: (_BOT_TOKEN, "must be a bot token, which starts with xoxb-"),
        APP_TOKEN: (_APP_TOKEN, "must be an app-level token, which starts with xapp-"),
        SIGNING_SECRET: (_SECRET, "must be the signing secret, without blanks"),
        HOST: (_HOST, "must be a host name or an IP address"),
    }
    for name, value in values.items():
        if not value:
            yield f"{name} is missing"
        elif name in rules and not rules[name][0].fullmatch(value):
            yield f"{name} {rules[name][1]}"
        elif name == PORT and not (_PORT.fullmatch(value) and int(value) <= 65_535):
            yield f"{PORT} must be a number from 0 to 65535"
        elif name == API_URL and not _is_safe_url(value):
            yield f"{API_URL} must be an https address, or http on this machine"


def _is_safe_url(value: str) -> bool:
    """Whether tokens may be sent there: plain HTTP never leaves the machine."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _ = parts.port  # raises where it is not a port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host or "")))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

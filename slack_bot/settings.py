"""The Slack app's settings: read in one place, and checked before anything starts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from core.errors import IcdlensError
from core.snapshot import data_folder
from slack_bot.setting_sources import find

BOT_TOKEN = "SLACK_BOT_TOKEN"
APP_TOKEN = "SLACK_APP_TOKEN"
SIGNING_SECRET = "SLACK_SIGNING_SECRET"
CLIENT_ID = "SLACK_CLIENT_ID"
CLIENT_SECRET = "SLACK_CLIENT_SECRET"
API_URL = "SLACK_API_URL"
HOST = "ICDLENS_SLACK_HOST"
PORT = "ICDLENS_SLACK_PORT"
PUBLIC_URL = "ICDLENS_SLACK_PUBLIC_URL"
DATABASE = "ICDLENS_SLACK_DATABASE"
KEYS = "ICDLENS_SLACK_KEYS"

_SLACK = "https://slack.com/api/"
_KEY = re.compile(r"[0-9A-Za-z_-]{43}=")
_SQLITE = re.compile(r"sqlite:///.+")
_POSTGRESQL = re.compile(r"postgres(?:ql)?://[^/]*/[^/?]+(?:\?.*)?")


class SettingsError(IcdlensError):
    """Settings are missing or malformed, or Slack refuses them. Names all of them, and never a value."""


@dataclass(frozen=True, slots=True)
class InstallSettings:
    """What serving many workspaces takes. Secrets are in no representation of it."""

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    """Where browsers reach the app, without a path: ``https://icd.example.org``."""
    database: str = field(repr=False)
    """An address as SQLAlchemy writes it. It may hold a password."""
    keys: tuple[str, ...] = field(repr=False)
    """Fernet keys; the first seals, all of them open."""

    @property
    def is_shared(self) -> bool:
        """Whether replicas on several machines may use the database."""
        return not self.database.startswith("sqlite:")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read what it takes to reach the stored tokens. Raises ``SettingsError``."""
        found = find(environ, _RULES)
        values = dict(found.values)
        values[DATABASE] = values[DATABASE] or _default_database()
        used = (CLIENT_ID, DATABASE, KEYS)
        _check({name: values[name] for name in used}, found.faults)
        return cls(values[CLIENT_ID], "", "", values[DATABASE], split_keys(values[KEYS]))


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``icdlens slack`` runs with. Secrets are in no representation of it.

    ``app_token`` is empty over HTTP and ``signing_secret`` over Socket Mode: neither is read where it
    is not used. ``bot_token`` is empty where ``installs`` says how many workspaces are served. Port 0
    lets the system choose; over Socket Mode, no ``host`` means that nothing is listened on.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    host: str
    port: int
    api_url: str
    installs: InstallSettings | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str], *, http: bool) -> Self:
        """Read the settings of one mode. Raises ``SettingsError`` that names everything that is wrong."""
        found = find(environ, _RULES)
        values = dict(found.values)
        is_many = not values[BOT_TOKEN] and bool(values[CLIENT_ID] or values[CLIENT_SECRET])
        listens = http or is_many or bool(values[PORT])
        values[API_URL] = values[API_URL] or _SLACK
        values[HOST] = values[HOST] or "127.0.0.1"
        values[PORT] = values[PORT] or "3000"
        values[DATABASE] = values[DATABASE] or _default_database()
        used = [SIGNING_SECRET if http else APP_TOKEN, API_URL]
        used += [HOST, PORT] if listens else []
        used += [CLIENT_ID, CLIENT_SECRET, PUBLIC_URL, DATABASE, KEYS] if is_many else [BOT_TOKEN]
        _check({name: values[name] for name in _RULES if name in used}, found.faults)
        return cls(
            bot_token="" if is_many else values[BOT_TOKEN],
            app_token="" if http else values[APP_TOKEN],
            signing_secret=values[SIGNING_SECRET] if http else "",
            host=values[HOST] if listens else "",
            port=int(values[PORT]) if listens else 0,
            api_url=values[API_URL].rstrip("/") + "/",
            installs=_installs(values) if is_many else None,
        )


def _installs(values: Mapping[str, str]) -> InstallSettings:
    return InstallSettings(
        client_id=values[CLIENT_ID],
        client_secret=values[CLIENT_SECRET],
        public_url=values[PUBLIC_URL].rstrip("/"),
        database=values[DATABASE],
        keys=split_keys(values[KEYS]),
    )


def split_keys(written: str) -> tuple[str, ...]:
    """Keys with commas or line breaks between them."""
    return tuple(key for key in re.split(r"[,\s]+", written) if key)


def _default_database() -> str:
    return f"sqlite:///{(data_folder() / 'slack.sqlite').as_posix()}"


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _is_port(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", value) is not None and int(value) <= 65_535


def _is_database(value: str) -> bool:
    if _POSTGRESQL.fullmatch(value):
        return _port_is_one(value)
    # In memory, it would be another one for each connection.
    return _SQLITE.fullmatch(value) is not None and ":memory:" not in value and "mode=memory" not in value


def _port_is_one(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _are_keys(value: str) -> bool:
    return all(_KEY.fullmatch(key) for key in split_keys(value))


def is_safe_url(value: str) -> bool:
    """Whether tokens may be sent there: plain HTTP never leaves the machine."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _ = parts.port  # raises where it is not a port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host or "")))


def is_origin(value: str) -> bool:
    """Whether it is such an address without a path."""
    if not is_safe_url(value):
        return False
    parts = urlsplit(value)
    return parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


#: Every setting: whether a value can be right, and what to say where it cannot.
_RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    BOT_TOKEN: (_matches(r"xoxb-[0-9A-Za-z-]+"), "must be a bot token, which starts with xoxb-"),
    APP_TOKEN: (_matches(r"xapp-[0-9A-Za-z-]+"), "must be an app-level token, which starts with xapp-"),
    SIGNING_SECRET: (_matches(r"[!-~]+"), "must be the signing secret, without blanks"),
    CLIENT_ID: (_matches(r"[0-9.]+"), "must be the client id: digits and a dot"),
    CLIENT_SECRET: (_matches(r"[!-~]+"), "must be the client secret, without blanks"),
    PUBLIC_URL: (is_origin, "must be an https address without a path, or http on this machine"),
    DATABASE: (_is_database, "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"),
    KEYS: (_are_keys, "must be keys as icdlens slack --new-key prints them, with commas between them"),
    HOST: (_matches(r"[0-9A-Za-z.:-]+"), "must be a host name or an IP address"),
    PORT: (_is_port, "must be a number from 0 to 65535"),
    API_URL: (is_safe_url, "must be an https address, or http on this machine"),
}

NAMES = tuple(_RULES)


def _check(values: Mapping[str, str], faults: tuple[str, ...]) -> None:
    if everything := [*faults, *_faults(values)]:
        raise SettingsError(
            f"The settings are not right: {'; '.join(everything)}. Set what is named in the environment; "
            "docs/slack.md says where to find it."
        )


def _faults(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        is_right, demand = _RULES[name]
        if not value:
            yield f"{name} is missing"
        elif not is_right(value):
            yield f"{name} {demand}"

"""Downloading from the official sites: resumed where it broke off, tried again, and never trusted.

What has arrived is kept beside what is installed until the release is in place, so a later run goes on where
this one ended. Proxies and certificates are those of the environment (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from core.errors import IcdlensError
from core.sources import SourceError
from core.sources.archives import check_is_zip
from icdlens import __version__

if TYPE_CHECKING:
    import httpx

_TRIES = 5
_TRIES_TO_CONNECT = 2
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds before the next try
_LONGEST_PAUSE = 60.0  # that a site may ask for
_LARGEST_PAGE = 4 << 20
_LARGEST_FILE = 128 << 20
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # worth another try
_REDIRECTS = 5
_CHUNK = 1 << 16

#: Told how many bytes have arrived, and how many there will be, where that is known.
Arrived = Callable[[int, int | None], None]


class SiteError(IcdlensError):
    """An official site did not give what was asked for."""


class _TryAgain(Exception):
    """It may go better next time; ``pause`` is what the site asks for, in seconds."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Downloader:
    """Reads pages and files from a site. ``pause`` waits; tests need not."""

    client: "httpx.Client"
    pause: Callable[[float], None] = time.sleep

    def page(self, url: str) -> str:
        """The text of a page. Raises ``SiteError``."""
        return self._tried(url, lambda: self._page(url))

    def file(self, url: str, folder: Path, sha256: str | None, arrived: Arrived) -> Path:
        """A zip, in a folder, under the name that it has on the site. Raises ``SiteError``.

        Where the folder holds the beginning of it, only the rest is fetched.
        """
        target = folder / _file_name(url)
        part = folder / f"{target.name}.part"
        if not target.exists():
            self._tried(url, lambda: self._fetch(url, part, arrived))
            try:
                check_is_zip(part)
                _check_hash(part, sha256)
            except (SourceError, SiteError):
                _forget(part)
                raise
            part.replace(target)
            _forget(part)
        return target

    def _tried(self, url: str, once: "Callable[[], str | None]") -> str:
        import httpx

        reason, tries, attempt = "", _TRIES, 0
        while attempt < tries:
            attempt += 1
            try:
                return once() or ""
            except _TryAgain as error:
                reason, pause = str(error), error.pause
            except httpx.TransportError as error:
                reason, pause = _reason(error), None
                if isinstance(error, httpx.ConnectError):  # there is no network, mostly
                    tries = min(tries, _TRIES_TO_CONNECT)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise SiteError(f"{_shown(url)} cannot be read ({error}).") from error
            if attempt < tries:
                pause = _PAUSES[attempt - 1] if pause is None else pause
                click.echo(f"{_shown(url)}: {reason}; trying again in {pause:.0f} s.", err=True)
                self.pause(pause)
        raise SiteError(
            f"{_shown(url)} cannot be read ({reason}). What has arrived is kept; try again later, or "
            "download the zips with a browser and name them with --from."
        )

    def _page(self, url: str) -> str:
        with self.client.stream("GET", url) as response:
            _check(response, url)
            content = b""
            for chunk in response.iter_bytes(_CHUNK):
                content += chunk
                if len(content) > _LARGEST_PAGE:
                    raise SiteError(f"{_shown(url)} is larger than any listing.")
            return content.decode("utf-8", errors="replace")

    def _fetch(self, url: str, part: Path, arrived: Arrived) -> None:
        begun = part.stat().st_size if part.exists() else 0
        headers = {"Accept-Encoding": "identity"}
        if begun and (version := _version_of(part, url)):
            headers |= {"Range": f"bytes={begun}-", "If-Range": version}
        else:
            begun = 0
        with self.client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:  # the file is another one now
                _forget(part)
                raise _TryAgain("what was there before is of another file", pause=0)
            _check(response, url)
            if response.status_code == 206:
                total = _resumed(response, begun)
            else:
                begun, total = 0, _number(response.headers.get("Content-Length"))
            if total and total > _LARGEST_FILE:
                raise SiteError(f"{_shown(url)} is larger than any official zip.")
            _remember(part, url, response)
            with part.open("ab" if begun else "wb") as file:
                arrived(begun, total)
                for chunk in response.iter_raw():  # as it arrives, so that nothing of it is lost
                    begun += len(chunk)
                    if begun > _LARGEST_FILE:
                        raise SiteError(f"{_shown(url)} is larger than any official zip.")
                    file.write(chunk)
                    arrived(begun, total)
        if total is not None and begun != total:
            raise _TryAgain("it broke off")


@contextmanager
def downloader(pause: Callable[[float], None] = time.sleep) -> Iterator[Downloader]:
    """A downloader with the environment's proxies and certificates. Raises ``SiteError``."""
    import httpx

    agent = f"Mozilla/5.0 (compatible; icdlens/{__version__})"  # one of the sites refuses others
    try:
        client = httpx.Client(
            headers={"User-Agent": agent},
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            timeout=httpx.Timeout(30.0, connect=15.0),
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise SiteError(
            f"The proxy or the certificates of the environment cannot be used ({error}); see HTTPS_PROXY and "
            "SSL_CERT_FILE."
        ) from error
    with client:
        yield Downloader(client, pause)


def _check(response: "httpx.Response", url: str) -> None:
    status = response.status_code
    if url.startswith("https:") and response.url.scheme != "https":
        raise SiteError(f"{_shown(url)} leads to an address that is not encrypted.")
    if status in _PASSING:
        raise _TryAgain(f"status {status}", _asked_pause(response.headers.get("Retry-After")))
    if status not in (200, 206):
        raise SiteError(
            f"{_shown(url)} cannot be read (status {status}). Try --source cms or --source cdc, or "
            "download it with a browser and name the file with --from."
        )


def _asked_pause(header: str | None) -> float | None:
    """What a site asks for in ``Retry-After``: seconds, or a date."""
    if header is None:
        return None
    if (seconds := _number(header)) is None:
        try:
            seconds = int(parsedate_to_datetime(header).timestamp() - time.time())
        except (ValueError, TypeError):
            return None
    return min(max(float(seconds), 0.0), _LONGEST_PAUSE)


def _resumed(response: "httpx.Response", begun: int) -> int | None:
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    start, _, ends = rest.partition("-")
    if unit != "bytes" or start != str(begun):
        raise _TryAgain("it went on somewhere else")
    return _number(ends.partition("/")[2])


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _file_name(url: str) -> str:
    """CMS's names may have slashes."""
    path = unquote(urlsplit(url).path)
    name = path.partition("/files/zip/")[2] or path.rpartition("/")[2]
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name).lstrip(".")


def _shown(url: str) -> str:
    """Without what may be secret in it: a mirror's user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _reason(error: Exception) -> str:
    if "CERTIFICATE" in str(error).upper():
        return f"{error}; name your certificates in SSL_CERT_FILE"
    return str(error) or type(error).__name__


def _check_hash(part: Path, sha256: str | None) -> None:
    if sha256 is None:
        return
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise SiteError(
            f"{part.stem} is not the file that was published: its SHA-256 is {found}. Try again, or the "
            "other --source; if you trust it, download it yourself and name it with --from."
        )


def _record(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _remember(part: Path, url: str, response: "httpx.Response") -> None:
    etag = response.headers.get("ETag", "")
    version = etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")
    _record(part).write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")


def _version_of(part: Path, url: str) -> str | None:
    """Which version of a file has begun to arrive; ``None`` where that cannot be told, or it is another's."""
    try:
        record = json.loads(_record(part).read_text(encoding="utf-8"))
        return str(record["version"]) or None if record["url"] == url else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _record(part).unlink(missing_ok=True)

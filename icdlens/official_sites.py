"""Where CDC and CMS publish releases. Names change every year, so listings are read and matched.

``docs/releases.md`` names the addresses. ``ICDLENS_CDC_URL`` and ``ICDLENS_CMS_URL`` name mirrors of them.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from core.release import Release, fiscal_year_start
from core.sources.billable_validity import KNOWN_THROUGH_FISCAL_YEAR
from core.sources.release_files import release_of
from core.supplement_files import SupplementKind, supplement_kind
from icdlens.downloading import SiteError

#: Reads the text of a page. Raises ``SiteError``.
Read = Callable[[str], str]

CDC_URL = "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Publications/ICD10CM/"
CMS_URL = "https://www.cms.gov/medicare/coding-billing/icd-10-codes"
_CMS_ARCHIVE = "icd-10-cm-icd-10-pcs-gem-archive"

_FOLDER = re.compile(r"(20[0-9]{2})(-update)?", re.IGNORECASE)


class ZipKind(StrEnum):
    """The two zips that a release comes in."""

    DESCRIPTIONS = "code descriptions"
    TABLES = "tabular list and index"


# "Code-desciptions-April-2025.zip" is CDC's own spelling; so are blanks, and names without "table".
_KINDS: Mapping[ZipKind, re.Pattern[str]] = {
    ZipKind.DESCRIPTIONS: re.compile(r"(?!.*pcs).*code.{0,3}desc.*\.zip", re.IGNORECASE),
    ZipKind.TABLES: re.compile(
        r"(?!.*(?:pcs|addend|descr)).*(?:tables?\W.*index|tabular\W.*index|-xml).*\.zip", re.IGNORECASE
    ),
}

#: SHA-256 of zips that have been seen, by their base names on each site.
PINNED: Mapping[str, str] = {
    "icd10cm-code-descriptions-2027.zip": "93e3ad6004badf470c55bfe679b748ae88fd9b2b421851e409eec382c7713b9a",
    "icd10cm-table-and-index-2027.zip": "99b5c2be16ff53eab861cc0be4b1dacba27f687b8ff4bc700679944355037ee0",
    "2027-code-descriptions-tabular-order.zip": (
        "91c6c9d1117764ce72375a0f3a5493b1725dafbc1ab283b55799076c9e194965"
    ),
    "2027-code-tables-tabular-index.zip": "37baa476323714be16f95c9b2c96812bf6f3623d9f15188866e584dc529b0298",
}


@dataclass(frozen=True, slots=True)
class Published:
    """A release as a site publishes it: the addresses of its zips, and of files beside it."""

    release: Release
    zips: Mapping[ZipKind, str]
    beside: Mapping[SupplementKind, str]


@dataclass(frozen=True, slots=True)
class Site:
    """A site with releases. ``find`` looks for a release, or for the latest one where it is ``None``."""

    name: str
    find: Callable[[Read, Release | None], Published]


def find_at_cdc(read: Read, wanted: Release | None) -> Published:
    """Find a release in CDC's folders. Raises ``SiteError``."""
    base = os.environ.get("ICDLENS_CDC_URL") or CDC_URL
    folders: dict[Release, str] = {}
    for url in links(read(base), base):
        if url.startswith(base) and (folder := _FOLDER.fullmatch(_last(url))):
            year = int(folder[1])
            day = fiscal_year_start(year)
            folders[Release(day.replace(year=year, month=4) if folder[2] else day)] = url
    release = _asked(wanted, folders, "CDC")
    listing = folders[release] if folders[release].endswith("/") else folders[release] + "/"
    urls = links(read(listing), listing)
    return _published("CDC", release, urls, _beside(urls))


def find_at_cms(read: Read, wanted: Release | None) -> Published:
    """Find a release among the links of CMS's pages, the archive last. Raises ``SiteError``."""
    base = os.environ.get("ICDLENS_CMS_URL") or CMS_URL
    for page in (base, f"{base.rstrip('/')}/{_CMS_ARCHIVE}"):
        urls = links(read(page), page)
        by_release: dict[Release, list[str]] = {}
        for url in urls:
            path = unquote(urlsplit(url).path)
            if _kind(path) and (release := release_of([path])):
                by_release.setdefault(release, []).append(url)
        if wanted in by_release or (wanted is None and by_release):
            found = _asked(wanted, by_release, "CMS")
            year = str(found.fiscal_year)
            return _published("CMS", found, by_release[found], _beside(u for u in urls if year in _last(u)))
    raise SiteError(f"CMS lists no zips of {wanted.name if wanted else 'any release'}.")


def find_gems(read: Read) -> str | None:
    """The address of the last General Equivalence Mappings in CMS's archive. Raises ``SiteError``."""
    page = f"{(os.environ.get('ICDLENS_CMS_URL') or CMS_URL).rstrip('/')}/{_CMS_ARCHIVE}"
    urls = links(read(page), page)
    found = [url for url in urls if supplement_kind(_last(url)) is SupplementKind.GEM]
    return max(found, key=_last, default=None)


SITES: Mapping[str, Site] = {"cdc": Site("CDC", find_at_cdc), "cms": Site("CMS", find_at_cms)}


def _asked(wanted: Release | None, found: Mapping[Release, object], site: str) -> Release:
    if wanted is not None and wanted not in found:
        raise SiteError(f"{site} does not list {wanted.name}.")
    if not found:
        raise SiteError(f"{site} lists no release; its pages may have changed.")
    # A release may be listed before this program knows its billable periods.
    known = [release for release in found if release.fiscal_year <= KNOWN_THROUGH_FISCAL_YEAR]
    return wanted or max(known or found)


def _beside(urls: Iterable[str]) -> Mapping[SupplementKind, str]:
    """Of several files of a kind the last by name."""
    return {kind: url for url in sorted(urls, key=_last) if (kind := supplement_kind(_last(url)))}


def _published(
    site: str, release: Release, urls: list[str], beside: Mapping[SupplementKind, str]
) -> Published:
    zips: dict[ZipKind, str] = {}
    for url in urls:
        if kind := _kind(unquote(urlsplit(url).path)):
            zips.setdefault(kind, url)
    for kind in ZipKind:
        if kind not in zips:
            raise SiteError(f"{site} lists no zip of the {kind} of {release.name}.")
    return Published(release, zips, beside)


def _kind(path: str) -> ZipKind | None:
    """CMS's own names may have slashes: ``…-updated-02/01/2024.zip``."""
    name = path.partition("/files/zip/")[2] or path.rpartition("/")[2]
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(name)), None)


def _last(url: str) -> str:
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]


def links(page: str, base: str) -> list[str]:
    """The addresses that a page links to, each once, in order."""
    parser = _Links()
    parser.feed(page)
    return list(dict.fromkeys(urljoin(base, href) for href in parser.found))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]

"""``icdlens update`` and ``icdlens releases``, with files and against a site like the official ones."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from core import supplements
from core.errors import IcdlensError
from core.installed import installed_releases
from core.reimbursement import ReimbursementRows
from core.release import Release
from core.supplement_files import SupplementKind
from core.supplements import LoadedFiles
from icdlens import official_sites
from icdlens.cli import cli
from icdlens.downloading import Downloader, SiteError
from icdlens.official_sites import ZipKind, find_at_cdc, find_at_cms
from icdlens.releasing import Wanted, rows
from icdlens.updating import update_online
from index import build as compiler
from index.installing import Counts
from tests.core.further_files import ccsr_file, conversion_file
from tests.core.test_supplements import POA, TO_ICD9, TO_ICD10
from tests.icdlens.official_site import OfficialSite
from tests.small_releases import APRIL_2025, FY2022, FY2025, FY2026, SmallRelease, write_zip

BASE = "/pub/ICD10CM/"
CMS = "/medicare/coding-billing/icd-10-codes"
ARCHIVE = "icd-10-cm-icd-10-pcs-gem-archive"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full-text index and the optional packages take seconds and have no part here."""
    monkeypatch.setattr(compiler, "write_index", lambda _folder, _progress: None)
    monkeypatch.setattr(supplements, "reimbursement_rows", lambda: ReimbursementRows(None, None, None))


def zipped(tmp_path: Path, files: Mapping[str, str | bytes]) -> bytes:
    return write_zip(tmp_path / "made.zip", dict(files)).read_bytes()


def halves(release: SmallRelease, *, folder: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """What is in the zip of code descriptions, and what is in the zip of tables."""
    files = {folder + name: text for name, text in release.files().items()}
    order = {name: text for name, text in files.items() if name.endswith(".txt")}
    return order, {name: text for name, text in files.items() if name not in order}


@dataclass
class Rig:
    """A site, a data folder, and a downloader whose pauses are only noted."""

    site: OfficialSite
    data: Path
    tmp_path: Path
    pauses: list[float] = field(default_factory=list)

    def publish(self, release: SmallRelease, folder: str, descriptions: str, tables: str) -> None:
        order, others = halves(release, folder="inside/")
        self.site.files[f"{BASE}{folder}/{descriptions}"] = zipped(self.tmp_path, order)
        self.site.files[f"{BASE}{folder}/{tables}"] = zipped(self.tmp_path, others)
        self.list_folder(folder)
        known = {path.removeprefix(BASE).split("/")[0] for path in self.site.files if path.startswith(BASE)}
        self.site.list_folder(BASE, [f"{name}/" for name in sorted(known)])

    def list_folder(self, folder: str) -> None:
        """What is in a folder of CDC's, and a few files that nobody wants."""
        inside = [path.rpartition("/")[2] for path in self.site.files if path.startswith(f"{BASE}{folder}/")]
        self.site.list_folder(f"{BASE}{folder}/", [*inside, "icd10cm-addenda.zip", "Guidelines.pdf"])

    def publish_beside(self, folder: str, poa: bytes) -> None:
        """A POA exempt list and a conversion table in a folder of CDC's, and CMS's archive with the GEMs."""
        year = folder[:4]
        table = conversion_file(self.tmp_path).read_bytes()
        self.site.files[f"{BASE}{folder}/ICD-10-CM-CONVERSION-TABLE-FY{year}.xlsx"] = table
        self.site.files[f"{BASE}{folder}/POAexemptCodesFY{year[2:]}.zip"] = poa
        self.list_folder(folder)
        gems = {"2018_I9gem.txt": TO_ICD10, "2018_I10gem.txt": TO_ICD9}
        names = [f"{year}-icd-10-cm-general-equivalence-mappings.zip" for year in (2018, 2017)]
        self.site.files[f"/files/zip/{names[0]}"] = zipped(self.tmp_path, gems)
        procedures = "2018-icd-10-pcs-general-equivalence-mappings.zip"
        links = "".join(f'<a href="/files/zip/{name}">' for name in (*names, procedures))
        self.site.pages[f"{CMS}/{ARCHIVE}"] = links

    def publish_at_cms(self, release: SmallRelease, prefix: str) -> None:
        order, others = halves(release)
        names = f"{prefix}-code-descriptions-tabular-order.zip", f"{prefix}-code-tables-tabular-index.zip"
        for name, files in zip(names, (order, others), strict=True):
            renamed = {n.replace("-", "_").replace("April_", ""): text for n, text in files.items()}
            self.site.files[f"/files/zip/{name}"] = zipped(self.tmp_path, renamed)
        page = "".join(f'<a class="x" href="/files/zip/{name}">2025 (ZIP)</a>' for name in names)
        self.site.pages[CMS] = f'<a href="/files/zip/2025-icd-10-pcs-codes-file.zip">PCS</a>{page}'

    def update(self, wanted: Wanted | None = None, source: str | None = None) -> None:
        with httpx.Client(follow_redirects=True, timeout=20) as client:
            fetch = Downloader(client, self.pauses.append)
            update_online(self.data, wanted or Wanted(None, quiet=True), source, None, fetch)

    def installed(self) -> list[date]:
        return [installed.release.effective for installed in installed_releases(self.data)]

    def requests(self, end: str) -> list[str]:
        """The ranges that were asked for of a file."""
        return [asked for path, asked in self.site.asked if path.endswith(end)]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    site = OfficialSite()
    with site.serving():
        monkeypatch.setenv("ICDLENS_CDC_URL", site.url + BASE)
        monkeypatch.setenv("ICDLENS_CMS_URL", site.url + CMS)
        rig = Rig(site, tmp_path / "data", tmp_path)
        # Names as CDC gave them in these years.
        rig.publish(
            SmallRelease(FY2022),
            "2022",
            "icd10cm-CodesDescriptions-2022.zip",
            "icd10cm-Table and Index-2022.zip",
        )
        rig.publish(
            SmallRelease(FY2025),
            "2025",
            "ICD10-CM Code Descriptions 2025.zip",
            "icd10cm-table-index-2025.zip",
        )
        rig.publish(
            SmallRelease(APRIL_2025),
            "2025-Update",
            "Code-desciptions-April-2025.zip",
            "icd10cm-table-index-April-2025.zip",
        )
        yield rig


def test_the_latest_release_is_found_and_installed(rig: Rig) -> None:
    rig.update()
    assert rig.installed() == [APRIL_2025]
    assert not list((rig.data / "downloads").rglob("*.zip"))


@pytest.mark.parametrize("effective", [FY2022, FY2025, APRIL_2025])
def test_a_release_is_found_by_name(rig: Rig, effective: date) -> None:
    rig.update(Wanted(Release(effective), quiet=True))
    assert rig.installed() == [effective]


def test_an_installed_release_is_not_fetched_again(rig: Rig) -> None:
    rig.update()
    asked = len(rig.requests(".zip"))
    rig.update()
    assert len(rig.requests(".zip")) == asked
    rig.update(Wanted(None, force=True, quiet=True))
    assert len(rig.requests(".zip")) == 2 * asked


def test_to_check_fetches_nothing(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.update(Wanted(None, check=True))
    said = capsys.readouterr().out
    assert "CDC has FY2025 (April 1, 2025); it would be fetched from:" in said
    assert "/2025-Update/Code-desciptions-April-2025.zip" in said
    assert not rig.requests(".zip")
    assert not rig.installed()


def test_a_broken_download_goes_on_where_it_broke_off(rig: Rig) -> None:
    name = "Code-desciptions-April-2025.zip"
    rig.site.breaks = [100, 150]
    rig.update()
    assert rig.requests(name) == ["", "bytes=100-", "bytes=250-"]
    assert rig.pauses == [1.0, 2.0]
    assert rig.installed() == [APRIL_2025]


def test_a_later_run_goes_on_where_the_last_one_ended(rig: Rig) -> None:
    name = "Code-desciptions-April-2025.zip"
    rig.site.breaks = [10] * 5
    with pytest.raises(SiteError, match="What has arrived is kept; try again later"):
        rig.update(source="cdc")
    rig.update(source="cdc")
    assert rig.requests(name)[-1] == "bytes=50-"
    assert rig.installed() == [APRIL_2025]


def test_a_site_without_ranges(rig: Rig) -> None:
    rig.site.ranges = False
    rig.site.breaks = [100]
    rig.update()
    assert rig.installed() == [APRIL_2025]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again_later_each_time(rig: Rig, status: int) -> None:
    rig.site.statuses = {"Code-desciptions-April-2025.zip": [status] * 3}
    rig.update()
    assert rig.pauses == [1.0, 2.0, 4.0]
    assert rig.installed() == [APRIL_2025]


@pytest.mark.parametrize(("asked", "pause"), [("7", 7.0), ("86400", 60.0), ("soon", 1.0)])
def test_the_site_may_ask_for_a_pause(rig: Rig, asked: str, pause: float) -> None:
    rig.site.statuses = {"/2025-Update/": [429]}
    rig.site.headers = {"Retry-After": asked}
    rig.update()
    assert rig.pauses == [pause]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_refused_is_not_tried_again(rig: Rig, status: int) -> None:
    rig.site.statuses = {BASE: [status] * 9}
    with pytest.raises(SiteError, match=rf"status {status}.*name the file with --from"):
        rig.update(source="cdc")
    assert len(rig.site.asked) == 1
    assert not rig.pauses


def test_redirects_are_followed(rig: Rig) -> None:
    rig.site.redirects[f"{BASE}2025-Update/Code-desciptions-April-2025.zip"] = "/elsewhere.zip"
    moved = rig.site.files[f"{BASE}2025-Update/Code-desciptions-April-2025.zip"]
    rig.site.files["/elsewhere.zip"] = moved
    rig.update()
    assert rig.installed() == [APRIL_2025]


def test_redirects_in_a_circle_end(rig: Rig) -> None:
    rig.site.redirects[BASE] = BASE
    with pytest.raises(SiteError, match="cannot be read"):
        rig.update(source="cdc")


def test_cms_is_asked_where_cdc_refuses(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.publish_at_cms(SmallRelease(APRIL_2025), "april-1-2025")
    rig.site.statuses = {BASE: [403]}
    rig.update()
    assert "Trying CMS." in capsys.readouterr().err
    assert rig.installed() == [APRIL_2025]


def test_cms_is_asked_where_a_zip_of_cdc_has_no_order_file(rig: Rig) -> None:
    """In April 2026 CDC's zip held notes in PDF alone."""
    rig.publish_at_cms(SmallRelease(APRIL_2025), "april-1-2025")
    path = f"{BASE}2025-Update/Code-desciptions-April-2025.zip"
    rig.site.files[path] = zipped(rig.tmp_path, {"notes.pdf": b"%PDF"})
    rig.update()
    assert rig.installed() == [APRIL_2025]


def bomb(tmp_path: Path) -> bytes:
    return zipped(tmp_path, {"icd10cm-order-April-2025.txt": b"0" * 20_000_000})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><title>Access denied</title>", "this is a web page and no zip"),
        (b"", "this is no zip"),
        (b"PK\x03\x04 broken", "cannot be unpacked"),
    ],
    ids=["page", "empty", "broken"],
)
def test_what_is_no_zip_leaves_the_former_release(rig: Rig, content: bytes, message: str) -> None:
    rig.update(Wanted(Release(FY2025), quiet=True))
    rig.site.files[f"{BASE}2025-Update/Code-desciptions-April-2025.zip"] = content
    with pytest.raises(IcdlensError, match=message):
        rig.update(source="cdc")
    assert rig.installed() == [FY2025]
    assert not list((rig.data / "downloads").rglob("Code-des*"))  # it is fetched anew the next time


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("../icd10cm-order-April-2025.txt", "", "", "leads outside of it"),
        ("icd10cm-order-April-2025.txt", "M549    1", "M548    1", "differ in 2 codes"),
        ("icd10cm-order-April-2025.txt", "00002", "00001", "the order number 1 follows 1"),
    ],
)
def test_wrong_contents_leave_the_former_release(
    rig: Rig, name: str, old: str, new: str, message: str
) -> None:
    rig.update(Wanted(Release(FY2025), quiet=True))
    order = SmallRelease(APRIL_2025).order().replace(old, new)
    rig.site.files[f"{BASE}2025-Update/Code-desciptions-April-2025.zip"] = zipped(rig.tmp_path, {name: order})
    with pytest.raises(IcdlensError, match=message):
        rig.update(source="cdc")
    assert rig.installed() == [FY2025]


def test_a_wrong_count_leaves_the_former_release(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """As published, the small April has one code more."""
    monkeypatch.setattr("index.installing.COUNTS", {APRIL_2025: Counts(12, 9)})
    rig.update(Wanted(Release(FY2025), quiet=True))
    with pytest.raises(
        IcdlensError, match=r"11 codes and headings, 8 of them .* has 12 and 9; fetch the official"
    ):
        rig.update(source="cdc")
    assert rig.installed() == [FY2025]


def test_a_zip_bomb_and_entities_are_refused(rig: Rig) -> None:
    path = f"{BASE}2025-Update/Code-desciptions-April-2025.zip"
    whole = rig.site.files[path]
    rig.site.files[path] = bomb(rig.tmp_path)
    with pytest.raises(IcdlensError, match="packed further than any official file"):
        rig.update(source="cdc")
    rig.site.files[path] = whole
    files = halves(SmallRelease(APRIL_2025))[1]
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><ICD10CM.tabular>'
    hostile = {name: text.replace("<ICD10CM.tabular>", entity) for name, text in files.items()}
    rig.site.files[f"{BASE}2025-Update/icd10cm-table-index-April-2025.zip"] = zipped(rig.tmp_path, hostile)
    with pytest.raises(IcdlensError, match="a document type or entity is not allowed"):
        rig.update(source="cdc")
    assert not rig.installed()


def test_a_wrong_hash_is_refused(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "Code-desciptions-April-2025.zip"
    right = hashlib.sha256(rig.site.files[f"{BASE}2025-Update/{name}"]).hexdigest()
    monkeypatch.setattr("icdlens.updating.PINNED", {name: "0" * 64})
    with pytest.raises(SiteError, match=rf"not the file that was published: its SHA-256 is {right}"):
        rig.update(source="cdc")
    monkeypatch.setattr("icdlens.updating.PINNED", {name: right})
    rig.update(source="cdc")
    assert rig.installed() == [APRIL_2025]


def test_a_slow_site(rig: Rig) -> None:
    rig.site.seconds_a_chunk = 0.2
    rig.update()
    assert rig.installed() == [APRIL_2025]


def test_a_release_that_no_site_has(rig: Rig) -> None:
    with pytest.raises(SiteError, match="CDC does not list FY2024"):
        rig.update(Wanted(Release(date(2023, 10, 1)), quiet=True), source="cdc")


def test_nobody_is_there(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICDLENS_CDC_URL", "http://user:secret@127.0.0.1:1/pub/")
    with pytest.raises(SiteError, match=r"^http://127.0.0.1/pub/ cannot be read") as caught:
        rig.update(source="cdc")
    assert "secret" not in str(caught.value)
    assert rig.pauses == [1.0]


# What is published beside releases


def poa_zip(tmp_path: Path, listed: str = POA) -> bytes:
    return zipped(tmp_path, {"POAexemptCodesFY26.txt": listed})


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The data directories that were compiled again; nothing is, really."""
    found: list[Path] = []
    monkeypatch.setattr("icdlens.updating.build_library", lambda data, **_: found.append(data))
    return found


def test_what_is_published_beside_is_loaded_too(
    rig: Rig, compiled: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rig.publish_beside("2025-Update", poa_zip(rig.tmp_path))
    rig.update(Wanted(None))
    assert rig.installed() == [APRIL_2025]
    assert set(LoadedFiles(rig.data).identity()) == {"conversion", "gem", "poa"}
    assert compiled == [rig.data]
    said = capsys.readouterr().out
    assert "POA exempt list: loaded from POAexemptCodesFY25.zip" in said
    assert "Mappings: loaded from 2018-icd-10-cm-general-equivalence-mappings.zip" in said
    asked = len(rig.requests(".zip"))
    rig.update()
    assert (len(rig.requests(".zip")), compiled) == (asked, [rig.data])  # all is there


@pytest.mark.usefixtures("compiled")
def test_what_is_published_beside_later_is_loaded_by_itself(rig: Rig) -> None:
    rig.update()
    assert not LoadedFiles(rig.data).identity()
    rig.publish_beside("2025-Update", poa_zip(rig.tmp_path))
    rig.update()
    assert set(LoadedFiles(rig.data).identity()) == {"conversion", "gem", "poa"}
    assert len(rig.requests("Code-desciptions-April-2025.zip")) == 1


@pytest.mark.usefixtures("compiled")
def test_an_older_release_brings_no_older_lists(rig: Rig) -> None:
    rig.publish_beside("2025-Update", poa_zip(rig.tmp_path))
    rig.publish_beside("2022", poa_zip(rig.tmp_path))
    rig.update()
    before = LoadedFiles(rig.data).identity()
    rig.update(Wanted(Release(FY2022), quiet=True))
    assert rig.installed() == [FY2022, APRIL_2025]
    assert LoadedFiles(rig.data).identity() == before
    assert not rig.requests("POAexemptCodesFY20.zip")


@pytest.mark.usefixtures("compiled")
def test_a_list_that_fails_spoils_nothing_else(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.publish_beside("2025-Update", b"<!DOCTYPE html><title>Access denied</title>")
    rig.site.statuses = {ARCHIVE: [403]}
    rig.update()
    assert rig.installed() == [APRIL_2025]
    assert set(LoadedFiles(rig.data).identity()) == {"conversion"}
    said = capsys.readouterr().err
    assert "The POA exempt list can be loaded later" in said
    assert "The General Equivalence Mappings can be loaded later" in said


@pytest.mark.usefixtures("compiled")
def test_who_asks_for_cdc_alone_is_not_sent_elsewhere(rig: Rig) -> None:
    rig.publish_beside("2025-Update", poa_zip(rig.tmp_path))
    rig.update(source="cdc")
    assert set(LoadedFiles(rig.data).identity()) == {"conversion", "poa"}
    assert not rig.requests(ARCHIVE)


def test_to_check_tells_what_is_beside(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.publish_beside("2025-Update", poa_zip(rig.tmp_path))
    rig.update(Wanted(None, check=True))
    said = capsys.readouterr().out
    assert "/2025-Update/ICD-10-CM-CONVERSION-TABLE-FY2025.xlsx" in said
    assert "/files/zip/2018-icd-10-cm-general-equivalence-mappings.zip" in said
    assert not LoadedFiles(rig.data).identity()


# Names of the official sites, as they were seen there. Nothing is fetched.


@pytest.mark.parametrize(
    ("folder", "effective", "descriptions", "tables"),
    [
        (
            "2024/",
            date(2023, 10, 1),
            "icd10cm-CodesDescriptions-2024.zip",
            "icd10cm-Table%20and%20Index-2024.zip",
        ),
        ("2026/", FY2026, "icd10cm-Code%20Descriptions-2026.zip", "icd10cm-table%20and%20index-2026.zip"),
        (
            "2026-update/",
            date(2026, 4, 1),
            "icd10cm-Code%20Descriptions-April-1-2026.zip",
            "icd10cm-April-1-2026-XML.zip",
        ),
        (
            "2027/",
            date(2026, 10, 1),
            "icd10cm-code-descriptions-2027.zip",
            "icd10cm-table-and-index-2027.zip",
        ),
    ],
)
def test_the_names_in_cdcs_folders(folder: str, effective: date, descriptions: str, tables: str) -> None:
    base = official_sites.CDC_URL
    other = ["icd10cm-addenda-2027.zip", "POAexemptCodesFY27.zip", "ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx"]
    pages = {
        base: "".join(f'<a href="{name}">' for name in ("../", "2023/", folder, "Temp/")),
        base + folder: "".join(f'<a href="{name}">' for name in (*other, descriptions, tables)),
    }
    published = find_at_cdc(pages.__getitem__, None)
    assert published.release == Release(effective)
    assert published.zips == {
        ZipKind.DESCRIPTIONS: base + folder + descriptions,
        ZipKind.TABLES: base + folder + tables,
    }
    assert published.beside == {
        SupplementKind.POA: f"{base}{folder}POAexemptCodesFY27.zip",
        SupplementKind.CONVERSION: f"{base}{folder}ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx",
    }
    assert find_at_cdc(pages.__getitem__, Release(effective)) == published


@pytest.mark.parametrize(
    ("effective", "descriptions", "tables"),
    [
        (
            date(2023, 10, 1),
            "2024-code-descriptions-tabular-order-updated-02/01/2024.zip",
            "2024-code-tables-tabular-and-index-updated-02/01/2024.zip",
        ),
        (
            date(2026, 4, 1),
            "april-1-2026-code-descriptions-tabular-order.zip",
            "april-1-2026-code-tables-tabular-index.zip",
        ),
        (date(2026, 10, 1), "2027-code-descriptions-tabular-order.zip", "2027-code-tables-tabular-index.zip"),
    ],
)
def test_the_names_on_cmss_pages(effective: date, descriptions: str, tables: str) -> None:
    names = ["2027-icd-10-pcs-codes-file.zip", "2027-icd-10-addendum.zip", "2027-conversion-table.zip"]
    names.append("2025-poa-exempt-codes.zip")
    page = "".join(f'<a href="/files/zip/{name}">' for name in (*names, descriptions, tables))
    archive = f"{official_sites.CMS_URL}/icd-10-cm-icd-10-pcs-gem-archive"
    published = find_at_cms({official_sites.CMS_URL: "", archive: page}.__getitem__, Release(effective))
    assert published.zips == {
        ZipKind.DESCRIPTIONS: f"https://www.cms.gov/files/zip/{descriptions}",
        ZipKind.TABLES: f"https://www.cms.gov/files/zip/{tables}",
    }
    table = f"https://www.cms.gov/files/zip/{names[2]}"
    assert published.beside == (
        {SupplementKind.CONVERSION: table} if effective.year == 2026 and effective.month == 10 else {}
    )


def test_the_latest_is_the_latest_that_this_program_can_install() -> None:
    """Billable periods are known through FY2027."""
    base = official_sites.CDC_URL
    names = "icd10cm-code-descriptions-2027.zip", "icd10cm-table-and-index-2027.zip"
    pages = {
        base: '<a href="2026/"><a href="2027/"><a href="2028/">',
        f"{base}2027/": "".join(f'<a href="{name}">' for name in names),
    }
    assert find_at_cdc(pages.__getitem__, None).release == Release(date(2026, 10, 1))


# The command, with files


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data-dir", str(data), *arguments])


def test_from_files(tmp_path: Path) -> None:
    data, index = tmp_path / "data", tmp_path / "icd10cm-index-2022.xml"
    folder = SmallRelease(FY2022).write(tmp_path)
    (folder / index.name).rename(index)
    checked = run(data, "update", "--check", "--from", str(folder))
    assert "FY2022 (October 1, 2021) would be installed, without the Alphabetic Index." in checked.stdout
    assert not installed_releases(data)
    said = run(data, "update", "--no-ai", "--from", str(folder)).output
    assert "FY2022 (October 1, 2021) is installed: 11 codes and headings, 8 billable." in said
    assert "Without the Alphabetic Index: searches, cards and icdlens index know no term" in said
    said = run(data, "update", "--no-ai", "--from", str(index)).output
    assert "is installed: 11 codes" in said
    assert "Without" not in said
    said = run(data, "update", "--no-ai", "--from", str(folder)).output
    assert "FY2022 (October 1, 2021) is installed from these files already." in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--release", "FY27"], "write FY2027, or the day"),
        (["--from", "nowhere"], "does not exist"),
        (["--from", ".", "--source", "cms"], "--from and --source exclude each other"),
    ],
)
def test_usage(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(tmp_path, "update", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_no_file_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "qqzzx.txt").write_text("M54.5")
    command = [sys.executable, "-P", "-m", "icdlens", "--data-dir", str(tmp_path / "data")]
    ran = subprocess.run(
        [*command, "update", "--from", str(tmp_path / "notes")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3
    assert ran.stderr.startswith("icdlens: No file of a release is there.")
    assert "qqzzx" not in ran.stderr


def test_the_list_of_releases(dated_data: Path) -> None:
    today = date(2026, 11, 22)
    listed = rows(dated_data, today)
    assert [(row.release.effective, row.standing, row.origin) for row in listed] == [
        (date(2020, 10, 1), "superseded", "installed"),
        (FY2022, "superseded", "installed"),
        (FY2025, "superseded", "installed"),
        (APRIL_2025, "superseded", "installed"),
        (FY2026, "superseded", "installed"),
        (date(2026, 4, 1), "superseded", "packaged"),
        (date(2026, 10, 1), "missing", ""),
    ]
    in_time = {row.release.effective: row.standing for row in rows(dated_data, date(2025, 12, 1))}
    assert (in_time[APRIL_2025], in_time[FY2026], in_time[date(2026, 4, 1)]) == (
        "superseded",
        "in force",
        "to come",
    )


def test_the_list_as_json_and_removing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run(data, "update", "--no-ai", "--from", str(SmallRelease(FY2022).write(tmp_path)))
    [first, *_] = json.loads(run(data, "releases", "--format", "json").stdout)
    assert (first["effective"], first["origin"], first["counts"]["codes"]) == ("2021-10-01", "installed", 11)
    assert first["bytes"] > 1000
    assert "FY2022 (October 1, 2021) is removed." in run(data, "releases", "--remove", "FY2022").stdout
    assert not installed_releases(data)


def test_what_belongs_to_no_release_is_loaded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Path] = []
    monkeypatch.setattr("icdlens.releasing.build_library", lambda data, **_: compiled.append(data))
    data, folder = tmp_path / "data", tmp_path / "downloads"
    folder.mkdir()
    conversion_file(folder)
    ccsr_file(folder)
    write_zip(folder / "POAexemptCodesFY26.zip", {"POAexemptCodesFY26.txt": POA})
    gems = {
        f"GEM/{name}": text for name, text in (("2018_I9gem.txt", TO_ICD10), ("2018_I10gem.txt", TO_ICD9))
    }
    write_zip(folder / "2018-icd-10-cm-general-equivalence-mappings.zip", gems)
    checked = run(data, "update", "--check", "--from", str(folder))
    assert "conversion table: would be loaded from ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx" in checked.stdout
    assert not LoadedFiles(data).identity()
    said = run(data, "update", "--no-ai", "--from", str(folder)).stdout
    assert "General Equivalence Mappings: loaded from 2018-icd-10-cm-general-equivalence-mappings.zip" in said
    assert set(LoadedFiles(data).identity()) == {"ccsr", "conversion", "gem", "poa"}
    assert compiled == [data]  # with them


#: ``icdlens update``, whose index is only begun, and ended when the last argument's file is there.
ONE_OF_TWO = """
import sys, time
from pathlib import Path
import core.supplements, index.build
from core.reimbursement import ReimbursementRows
from icdlens.cli import cli
core.supplements.reimbursement_rows = lambda: ReimbursementRows(None, None, None)
folder = Path(sys.argv.pop())
def begin(*_):
    with (folder / "begun").open("a") as file:
        file.write("begun\\n")
    while not (folder / "may end").exists():
        time.sleep(0.01)
index.build.write_index = begin
cli()
"""


def test_of_two_processes_one_waits_and_says_so(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", SmallRelease(FY2022).write(tmp_path)
    command = [sys.executable, "-c", ONE_OF_TWO, "--data-dir", str(data), "update", "--no-ai"]

    def update() -> subprocess.Popen[str]:
        arguments = "--from", str(folder), str(tmp_path)
        return subprocess.Popen(
            [*command, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    with update() as first:
        while not (tmp_path / "begun").exists():
            assert first.poll() is None
            time.sleep(0.01)
        with update() as second:
            assert second.stderr is not None
            said = next(line for line in second.stderr if "Another" in line)
            assert said == "Another icdlens is compiling it already; waiting for that one.\n"
            (tmp_path / "may end").touch()
            outputs = [process.communicate(timeout=120) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert (tmp_path / "begun").read_text() == "begun\n"  # once
    assert [installed.release.effective for installed in installed_releases(data)] == [FY2022]

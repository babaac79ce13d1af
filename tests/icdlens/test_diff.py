"""``icdlens diff``: what changed from one release to another."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.catalog import Catalog
from core.catalog_file import write_catalog
from core.classification import classify
from core.code import Code
from core.lives import lives
from core.release import Release
from core.release_changes import ChangeKind, ReleaseChange, release_changes
from core.sources.billable_validity import read_billable_validity
from core.sources.order_file import OrderFile
from core.sources.tabular_xml import read_tabular
from core.supplements import LoadedFiles
from icdlens.cli import cli
from tests.small_releases import FY2025, FY2026, SmallRelease


def catalog(folder: Path, release: SmallRelease) -> Catalog:
    files = release.write(folder)
    tabular = read_tabular(files / f"icd10cm-tabular-{release.tag}.xml")
    official = Release(release.effective)
    order = OrderFile(files / f"icd10cm-order-{release.tag}.txt", official)
    entries = classify(tabular, [row.code for row in order.rows()])
    periods = lives(entries, read_billable_validity(), official)
    path = folder / f"{release.tag}.sqlite"
    write_catalog(path, official, entries, periods, LoadedFiles(folder).read())
    return Catalog(path)


@pytest.fixture
def changes(tmp_path: Path) -> list[ReleaseChange]:
    with (
        catalog(tmp_path, SmallRelease(FY2025, note="one")) as before,
        catalog(tmp_path, SmallRelease(FY2026, note="two")) as after,
    ):
        return list(release_changes(before, after))


def test_what_changed(changes: list[ReleaseChange]) -> None:
    assert [(c.kind, c.name, c.chapter) for c in changes] == [
        (ChangeKind.DEMOTED, "G35", "6"),
        (ChangeKind.NEW, "G35.A", "6"),
        (ChangeKind.NEW, "G35.D", "6"),
        (ChangeKind.NOTES, "M54", "13"),
    ]
    demoted, new, _, notes = changes
    assert {Code("G35.A"), Code("G35.D")} <= set(demoted.replaced_by)
    assert (new.before, new.after) == (None, "Relapsing-remitting multiple sclerosis")
    assert [n.text for n in notes.added] == ["two"]
    assert [n.text for n in notes.removed] == ["one"]


def test_backwards(tmp_path: Path) -> None:
    with (
        catalog(tmp_path, SmallRelease(FY2025)) as before,
        catalog(tmp_path, SmallRelease(FY2026)) as after,
    ):
        found = [(c.kind, c.name) for c in release_changes(after, before)]
        nothing = list(release_changes(after, after))
        chapter = {c.chapter for c in release_changes(before, after, "6")}
        assert not list(release_changes(before, after, "13"))
    assert found == [
        (ChangeKind.PROMOTED, "G35"),
        (ChangeKind.DELETED, "G35.A"),
        (ChangeKind.DELETED, "G35.D"),
    ]
    assert not nothing
    assert chapter == {"6"}


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data-dir", str(data), "diff", *arguments])


def test_as_text(dated_data: Path) -> None:
    said = run(dated_data, "2025-04-01", "2025-10-01").stdout
    assert "From FY2025 (April 1, 2025) to FY2026 (October 1, 2025): 2 new, 1 demoted." in said
    assert "  G35.A  Relapsing-remitting multiple sclerosis" in said
    assert "\n  G35  Multiple sclerosis → G35.A, " in said


def test_as_data(dated_data: Path) -> None:
    found = json.loads(run(dated_data, "FY2025", "2025-10-01", "--format", "json").stdout)
    assert (found["from"]["effective"], found["to"]["effective"]) == ("2024-10-01", "2025-10-01")
    assert [c["name"] for c in found["changes"]] == ["G35", "G35.A", "G35.D"]
    table = run(dated_data, "FY2025", "2025-10-01", "--format", "csv").stdout
    assert [row["name"] for row in csv.DictReader(io.StringIO(table))] == ["G35", "G35.A", "G35.D"]
    assert "## New (2)" in run(dated_data, "FY2025", "2025-10-01", "--format", "markdown").stdout


def test_a_release_that_is_not_there(dated_data: Path) -> None:
    result = run(dated_data, "FY2026", "FY2027")
    assert "install it with: icdlens update --release FY2027" in str(result.exception)


def test_usage(dated_data: Path) -> None:
    assert "There is no such chapter" in run(dated_data, "FY2025", "FY2026", "--chapter", "99").output
    assert "write FY2027" in " ".join(run(dated_data, "2025", "FY2026").output.split())

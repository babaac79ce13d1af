"""What loaded files add to a card: what replaced a code by the official table, and lines of further lists."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from core import supplements
from core.catalog import Catalog
from core.code import Code
from core.faq import faq
from core.findings.check import check
from core.full_card import FullCard, build_full_card
from core.reimbursement import ReimbursementRows
from core.release_changes import ChangeKind, release_changes
from core.render.full_outline import full_outline
from core.render.json_card import full_card_to_dict
from core.supplements import LoadedFiles
from index import build as compiler
from index.identity import CATALOG_FILE
from index.installing import found_releases, install
from tests.core.further_files import ccsr_file, conversion_file, hcc_file, mce_file
from tests.small_releases import FY2021, FY2026, SmallRelease

TABLE = "ICD-10-CM conversion table, FY2027 (October 1, 2026)"


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[date, Catalog]]:
    """FY2021 and FY2026, with every further file loaded."""
    folder = tmp_path_factory.mktemp("lists")
    loaded = LoadedFiles(folder / "data")
    loaded.load_conversion_table(conversion_file(folder))
    loaded.load_ccsr(ccsr_file(folder))
    loaded.load_hcc_mappings(hcc_file(folder))
    loaded.load_mce_definitions(mce_file(folder))
    opened = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "write_index", lambda _folder, _progress: None)
        patch.setattr(supplements, "reimbursement_rows", lambda: ReimbursementRows(None, None, None))
        for effective in (FY2021, FY2026):
            with found_releases(folder / "data", [SmallRelease(effective).write(folder)]) as found:
                [files] = found.values()
                snapshot = install(folder / "data", files, lambda *_: None, counts={})
            opened[effective] = Catalog(snapshot.folder / CATALOG_FILE)
    yield opened
    for catalog in opened.values():
        catalog.close()


@pytest.fixture(scope="module")
def catalog(catalogs: dict[date, Catalog]) -> Catalog:
    return catalogs[FY2026]


def card(catalog: Catalog, code: str, on: date = FY2026) -> FullCard:
    found = build_full_card(catalog, Code(code), on)
    assert found is not None
    return found


def sections(full: FullCard) -> dict[str, list[str]]:
    return {section.heading: [line.text for line in section.lines] for section in full_outline(full).sections}


def test_what_replaced_a_code_is_the_official_tables_word(catalog: Catalog) -> None:
    full = card(catalog, "M54.5")
    assert sections(full)[f"Replaced on 2021-10-01 by ({TABLE})"] == [
        "M54.50 Low back pain, unspecified",
        "M54.51 Vertebrogenic low back pain",
        "M54.59 Other low back pain",
    ]
    assert {s.key for s in full.sources} >= {"conversion-table"}
    assert "succession" not in {s.key for s in full.sources}
    [answer] = [q.answer for q in full.questions if q.question == "What replaces M54.5?"]
    assert "by the ICD-10-CM conversion table of FY2027" in answer
    assert full_card_to_dict(full)["succession"]["replaced_by"][0]["source"] == "conversion-table"


def test_what_a_new_code_replaced(catalog: Catalog) -> None:
    """The title of G35 is known; that of another year's code would be left out."""
    assert sections(card(catalog, "G35.A"))[f"New on 2025-10-01, split from ({TABLE})"] == [
        "G35 Multiple sclerosis (heading)"
    ]


def test_what_the_table_does_not_name_is_derived(catalog: Catalog) -> None:
    """T81.4XXA became T81.40XA and others in FY2019, of which the small table says nothing."""
    full = card(catalog, "T81.4XXA")
    assert full.succession.replaced_by
    assert all(successor.is_derived for successor in full.succession.replaced_by)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("M54.5", f"It was replaced by M54.50, M54.51, M54.59 ({TABLE})."),
        ("T81.4XXA", "(derived)."),
    ],
)
def test_a_finding_says_who_names_what_replaced_a_code(catalog: Catalog, code: str, says: str) -> None:
    [finding] = check(f"Dx: {code}", catalog, FY2026)
    assert finding.message.endswith(says)


def test_a_step_that_is_derived_says_so_below_one_that_is_official(catalog: Catalog) -> None:
    full = card(catalog, "M54.5")
    official, *_ = full.succession.replaced_by
    derived, *_ = card(catalog, "T81.4XXA").succession.replaced_by
    first = replace(official, replaced_on=FY2026, replaced_by=(derived,))
    mixed = replace(full, succession=replace(full.succession, replaced_by=(first,)))
    lines = sections(mixed)[f"Replaced on 2021-10-01 by ({TABLE})"]
    assert lines[0] == "M54.50 Low back pain, unspecified; itself replaced on 2025-10-01 by (derived):"
    assert {source.key for source in mixed.sources} >= {"conversion-table", "succession"}
    assert (full.succession.told_by, mixed.succession.told_by) == (TABLE, "derived")
    [answer] = [q.answer for q in faq(mixed.card, mixed.succession) if q.question == "What replaces M54.5?"]
    assert "M54.50 was replaced itself (derived): " in answer


def test_changes_between_releases_say_who_says_so(catalogs: dict[date, Catalog]) -> None:
    found = {
        c.name: c for c in release_changes(catalogs[FY2021], catalogs[FY2026]) if c.kind is ChangeKind.DEMOTED
    }
    assert [code.text for code in found["G35"].replaced_by] == ["G35.A", "G35.D"]
    assert not found["G35"].is_derived


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            "M54.9",
            [
                "Clinical Classifications Software Refined for diagnoses v2026.1: MUS010 Spondylopathies/"
                "spondyloarthropathy (including infective) (default of inpatient and outpatient data)"
            ],
        ),
        (
            "G35.A",
            [
                "Risk adjustment mappings of diagnoses payment year 2027, initial: CMS-HCC V28: category 198",
                "Risk adjustment mappings of diagnoses payment year 2027, initial: RxHCC V08: category 159",
            ],
        ),
        ("M54.5", None),
    ],
)
def test_lines_of_further_lists(catalog: Catalog, code: str, lines: list[str] | None) -> None:
    full = card(catalog, code)
    assert sections(full).get("Further official lists") == lines
    listed = full_card_to_dict(full)["listed"]
    assert len(listed) == len(lines or ())
    assert all(json.dumps(line) and line["source"] in full_card_to_dict(full)["sources"] for line in listed)

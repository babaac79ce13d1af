"""The full card, its depths, and that they agree."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.axes import Axis
from core.catalog import Catalog
from core.code import Code
from core.crosswalk import Crosswalk, CrosswalkRow, crosswalk_source
from core.full_card import FullCard, OwnFile, build_full_card
from core.icd9 import Direction, Equivalence, Icd9Code, Icd9History
from core.reimbursement import PoaStanding
from core.related import RelatedCode, Relation
from core.render.full_outline import full_outline
from core.render.glance import COLUMNS, LINES, glance
from core.render.json_card import full_card_to_dict
from core.render.outline import outline
from core.render.text import outline_height, outline_to_lines, section_height
from tests.conftest import IN_FY2026, IN_FY2027

DOCUMENTED = Path(__file__).parents[2] / "docs" / "json.md"


def full_of(catalog: Catalog, code: str, on: date = IN_FY2027) -> FullCard:
    full = build_full_card(catalog, Code(code), on)
    assert full is not None
    return full


def test_a_code_that_no_year_knows_has_none(catalog: Catalog) -> None:
    assert build_full_card(catalog, Code("Z99.999"), IN_FY2026) is None


@pytest.mark.timeout(300)
def test_the_glance_of_any_code_fits_one_screen(catalog: Catalog) -> None:
    """Every 97th code, and those with the longest titles and the most notes."""
    entries = list(catalog.codes())
    longest = sorted(entries, key=lambda entry: -len(entry.title))[:50]
    for entry in [*entries[::97], *longest]:
        lines = list(outline_to_lines(glance(full_of(catalog, entry.name)), width=COLUMNS))
        assert len(lines) <= LINES, entry.name
        assert all(len(line.text) <= COLUMNS for line in lines), entry.name


def test_a_glance_works_out_only_what_it_shows(catalog: Catalog) -> None:
    """Sections that there is no room for are counted, and not written."""
    full = full_of(catalog, "M53.9")
    shown = glance(full)
    assert not vars(full).keys() & {"complexity", "practice", "questions", "resources"}
    left = len(full_outline(full).sections) - len(shown.sections)
    assert shown.footer[-1].startswith(f"{left} more sections")


@pytest.mark.parametrize("width", [20, 40, 72, 100])
@pytest.mark.parametrize("code", ["M53.9", "T81.4XXA", "S72.001A", "U07.1"])
def test_the_height_of_an_outline_is_that_of_its_lines(catalog: Catalog, code: str, width: int) -> None:
    out = full_outline(full_of(catalog, code), limit=3)
    assert outline_height(out, width=width) == len(list(outline_to_lines(out, width=width)))
    heights = [section_height(section, width=width) for section in out.sections]
    without = outline_height(replace(out, sections=()), width=width)
    assert without + sum(heights) == outline_height(out, width=width)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("M53.9", ["Dorsopathy, unspecified", "Billable", "discitis NOS (M46.4-)", "M53.81"]),
        ("M54.5", ["Low back pain", "Heading", "M54.50", "M54.51", "M54.59"]),
        ("T81.4XXA", ["Retired", "2018-10-01", "T81.40XA", "icdlens lookup T81.4XXA"]),
        ("W19", ["7th character, after placeholder X", "W19.XXXA"]),
        ("C78.31", ["Billable", "FY2027"]),
    ],
)
def test_the_glance_says_what_to_use_and_what_not(catalog: Catalog, code: str, words: list[str]) -> None:
    text = "\n".join(line.text for line in outline_to_lines(glance(full_of(catalog, code))))
    for word in words:
        assert word in text


@pytest.mark.parametrize("code", ["K6A.8", "J4B"])
def test_no_section_is_empty_for_a_code_whose_category_the_release_lacks(catalog: Catalog, code: str) -> None:
    full = full_of(catalog, code)
    assert full.practice.guideline is None
    assert all(section.lines for section in full_outline(full).sections)


@pytest.mark.parametrize("code", ["M53.9", "S72.001A", "T81.4XXA", "N18.3", "Z68.1", "D69.1"])
def test_the_depths_agree(catalog: Catalog, code: str) -> None:
    full = full_of(catalog, code)
    whole = full_outline(full)
    short = glance(full)
    assert (short.code, short.title, short.status) == (whole.code, whole.title, whole.status)
    by_heading = {section.heading: section.lines for section in whole.sections}
    for section in short.sections:
        assert by_heading[section.heading][: len(section.lines)] == section.lines
        assert len(section.lines) + section.left_out == len(by_heading[section.heading])
    assert {s.heading for s in outline(full.card).sections} <= by_heading.keys()
    found = json.loads(json.dumps(full_card_to_dict(full)))
    assert (found["code"], found["title"]) == (full.card.code.text, full.card.title)
    assert len(found["related"]) == len(full.related)


def test_what_the_glance_left_out_is_counted(catalog: Catalog) -> None:
    full = full_of(catalog, "N18.3")
    left = len(full_outline(full).sections) - len(glance(full).sections)
    assert left > 0
    assert f"{left} more sections" in glance(full).footer[-1]


def test_the_full_card_of_m53_9(catalog: Catalog) -> None:
    """Every section of a code reference's page, each line with a source."""
    full = full_of(catalog, "M53.9", IN_FY2026)
    headings = [section.heading for section in full_outline(full).sections]
    for start in (
        "To document: region of the spine",
        "Excludes1 (block M50-M54)",
        "Codes beside it",
        "Named in its notes",
        "Codes whose notes name it",
        "Complexity: low, 1 point (our formula)",
        "Audit factors",
        "Coding practice",
        "Specialties (a table of ours, not official)",
        "Questions",
        "Resources",
    ):
        assert any(heading.startswith(start) for heading in headings), start
    assert any("ICD-10-CM Official Guidelines" in line for line in full_outline(full).footer)


def test_every_source_key_of_the_json_is_explained(catalog: Catalog) -> None:
    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["source"]} if isinstance(value.get("source"), str) else set()
            return own.union(*(keys(inner) for inner in value.values()))
        return set().union(*(keys(inner) for inner in value)) if isinstance(value, list) else set()

    for code in ("M53.9", "T81.4XXA", "S72.001A", "R10.9", "D69.1", "W21.89XA"):
        found = full_card_to_dict(full_of(catalog, code))
        assert keys(found) <= found["sources"].keys(), code


def test_every_key_of_the_json_is_documented(catalog: Catalog) -> None:
    """In ``docs/json.md``; those of ``sources`` are names of sources."""
    own = OwnFile(
        Crosswalk((CrosswalkRow(2, Code("M53"), "00000", "Invented", "", ""),), ()),
        crosswalk_source(Path("mine.csv")),
    )
    icd9 = Icd9Code("724.9")
    mapping = Equivalence(Direction.TO_ICD10, icd9, Code("M53.9"), True, False, 0, 0)
    history = Icd9History((replace(mapping, direction=Direction.TO_ICD9),), (mapping,), {icd9: ()})
    keys: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            keys.update(value)
            for name, inner in value.items():
                collect(list(inner.values()) if name == "sources" else inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    for code in ("M53.9", "T81.4XXA", "S72.001A", "K6A.8", "L89.153", "T40.2X1A", "K35.2", "W21.89XA"):
        full = build_full_card(catalog, Code(code), IN_FY2026, own)
        assert full is not None
        collect(full_card_to_dict(replace(full, icd9=history, poa=PoaStanding(True, 2026))))
    documented = set(re.findall(r"`([a-z0-9_]+)`", DOCUMENTED.read_text(encoding="utf-8")))
    assert keys - documented == set()
    assert {"own_codes", "other_targets", "exempt"} <= keys


def test_icd9_codes_come_with_what_else_they_lead_to(catalog: Catalog) -> None:
    """724.9 has two targets; what nothing corresponds to is said once, without a flag."""
    back = Equivalence(Direction.TO_ICD9, None, Code("M53.9"), True, False, 0, 0)
    there = Equivalence(Direction.TO_ICD10, Icd9Code("724.9"), Code("M53.9"), True, False, 0, 0)
    others = tuple(Code(f"M53.8{n}") for n in range(7))
    full = full_of(catalog, "M53.9")

    def said(history: Icd9History) -> list[str]:
        sections = full_outline(replace(full, icd9=history)).sections
        [found] = [s for s in sections if s.heading.startswith("ICD-9-CM")]
        return [line.text for line in found.lines[1:]]

    assert said(Icd9History((back,), (there,), {Icd9Code("724.9"): (Code("M43.8X9"),)})) == [
        "To ICD-9-CM: no equivalent",
        "From ICD-9-CM: 724.9 (approximate); other targets of 724.9: M43.8X9",
    ]
    assert said(Icd9History((), (there,), {Icd9Code("724.9"): others})) == [
        "From ICD-9-CM: 724.9 (approximate); other targets of 724.9: M53.80, M53.81, M53.82, M53.83, M53.84 "
        "and 2 more (icdlens search 724.9)"
    ]
    assert said(Icd9History((), (), {})) == ["They do not have this code"]


def test_a_cut_at_20_is_said(catalog: Catalog) -> None:
    full = full_of(catalog, "M53.9")
    near = RelatedCode(Relation.SAME_INDEX_TERM, "M43.9", "Invented", None, "A term", full.card.sources[0])
    for number, heading in (
        (19, "Under the same index term"),
        (20, "Under the same index term (the nearest 20)"),
    ):
        sections = full_outline(replace(full, related=(near,) * number)).sections
        assert [s.heading for s in sections if "index term" in s.heading] == [heading]


def test_m53_9_leads_to_the_regions_and_the_named_disorders(catalog: Catalog) -> None:
    """M53.81 to M53.88 by region; M53.0, M53.1 and M53.3 by name."""
    full = full_of(catalog, "M53.9", IN_FY2026)
    specific = {code.name for code in full.related if code.relation is Relation.MORE_SPECIFIC}
    assert {f"M53.8{n}" for n in range(1, 9)} | {"M53.0", "M53.1", "M53.3"} <= specific
    assert full.complexity.level.value == "low"


def test_what_s72_001a_settles_is_not_open(catalog: Catalog) -> None:
    full = full_of(catalog, "S72.001A", IN_FY2026)
    is_open = {axis.axis for axis in full.documentation.open_axes}
    settled = {axis.axis for axis in full.documentation.settled}
    assert Axis.LATERALITY in settled
    assert Axis.ENCOUNTER in settled
    assert not is_open & settled


@pytest.mark.parametrize("code", ["C78.31", "T81.4XXA", "M54.5"])
def test_tables_of_payment_say_nothing_of_codes_that_they_do_not_list(catalog: Catalog, code: str) -> None:
    """A code of FY2027, one that ended in 2018, and a heading: none is billable in FY2026."""
    full = full_of(catalog, code)
    assert not full.is_in_tables
    found = full_card_to_dict(full)["reimbursement"]
    assert (found["ms_drg"], found["hccs"], found["poa_exempt"]) == (None, None, None)
    [section] = [s for s in full_outline(full).sections if s.heading == "Reimbursement"]
    assert any(f"do not list {code}" in line.text for line in section.lines)
    assert not any("no CC or MCC" in line.text or "No HCC" in line.text for line in section.lines)
    assert full_of(catalog, "M53.9").is_in_tables


@pytest.mark.parametrize(
    ("code", "note"),
    [
        # Printed at the code itself, and at its category.
        ("E11.22", "Use additional code to identify stage of chronic kidney disease (N18.1-N18.6)"),
        ("L97.411", "Code first any associated underlying condition, such as:"),
        ("M53.9", "discitis NOS (M46.4-)"),
    ],
)
def test_a_glance_keeps_what_goes_with_the_code(catalog: Catalog, code: str, note: str) -> None:
    sections = glance(full_of(catalog, code)).sections
    assert any(note in line.text for section in sections for line in section.lines)

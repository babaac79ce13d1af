"""References in notes: every form in which the Tabular List names codes."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.classification import Level
from core.code import Code
from core.notes import NoteKind
from core.reference_report import report_references
from core.references import find_references
from core.sources.packaged import PackagedRelease


def found(text: str) -> list[tuple[str, str | None, bool]]:
    return [(r.first.text, r.last.text if r.last else None, r.is_open) for r in find_references(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tuberculous enteritis (A18.32)", [("A18.32", None, False)]),
        ("discitis NOS (M46.4-)", [("M46.4", None, True)]),
        ("resistance to antimicrobial drugs (Z16.-)", [("Z16", None, True)]),
        ("neoplasms (C00-D49)", [("C00", "D49", False)]),
        ("complications of pregnancy (O00-O9A)", [("O00", "O9A", False)]),
        (
            "influenza (A00-B99, J09, J10.-)",
            [("A00", "B99", False), ("J09", None, False), ("J10", None, True)],
        ),
        ("opioid poisoning (T40.0-T40.2-)", [("T40.0", "T40.2", True)]),
        ("atherosclerosis (I70.2--I70.7-)", [("I70.2", "I70.7", True)]),
        ("drug abuse (F11.-F17.-)", [("F11", "F17", True)]),
        ("head injury (S00 - S09)", [("S00", "S09", False)]),
        ("rheumatic fever (I01.0 -I01.9)", [("I01.0", "I01.9", False)]),
        ("ear (C43.2-,C44.2-)", [("C43.2", None, True), ("C44.2", None, True)]),
        ("cord injuries (S24.0 and S24.1)", [("S24.0", None, False), ("S24.1", None, False)]),
        ("electrolyte imbalance (E87.8}", [("E87.8", None, False)]),
        ("hyperammonemia syndrome E72.4", [("E72.4", None, False)]),
        ("injury to visual cortex S04.04-", [("S04.04", None, True)]),
        ("paralysis (complete), except as in G80-G82", [("G80", "G82", False)]),
        ("code from category O08 to identify any complication", [("O08", None, False)]),
        ("special codes (QA0.0101)", [("QA0.0101", None, False)]),
        ("vitamin B12 deficiency anemia (D51.-)", [("D51", None, True)]),
        ("megaloblastic anemia unresponsive to vitamin B12 or folate therapy", []),
        ("primary cutaneous CD30-positive T-cell proliferations (C86.6-)", [("C86.6", None, True)]),
        (
            "glucose-6-phosphate dehydrogenase (G6PD) deficiency without anemia (D75.A)",
            [("D75.A", None, False)],
        ),
        ("E. coli O157:H7", []),
        ("", []),
    ],
)
def test_every_form(text: str, expected: list[tuple[str, str | None, bool]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("adverse effect (T36-T50 with fifth or sixth character 5)", "with fifth or sixth character 5"),
        ("respiratory failure (J96. with 5th character 2)", "with 5th character 2"),
        ("dementia (F10-F19, with .17, .27, .97)", "with .17, .27, .97"),
        ("enteritis (A18.32)", ""),
    ],
)
def test_words_that_narrow_are_kept(text: str, narrowed: str) -> None:
    [reference] = find_references(text)
    assert reference.narrowed == narrowed


@pytest.mark.parametrize(
    ("text", "code", "covered"),
    [
        ("(M46.4-)", "M46.46", True),
        ("(M46.4-)", "M46.5", False),
        ("(C00-D49)", "C4A.0", True),
        ("(C00-D49)", "D49.9", True),
        ("(C00-D49)", "D50.0", False),
        ("(T40.0-T40.2-)", "T40.2X1A", True),
    ],
)
def test_what_a_reference_covers(text: str, code: str, covered: bool) -> None:
    [reference] = find_references(text)
    assert reference.covers(Code(code)) is covered


@given(st.text() | st.text("(MC04.59-), with", max_size=40))
def test_references_lie_in_the_text_in_order(text: str) -> None:
    references = find_references(text)
    assert all(text[r.start : r.end].startswith(r.first.text) for r in references)
    assert all(a.end <= b.start for a, b in pairwise(references))


#: The references that do not resolve, each with the code that the official text names and its own code
#: list does not have.
UNRESOLVED = {
    "G31.90": "G3190",
    "K00-K93": "K93",
    "R10.1-R10.4-": "R104",
    "A00-Y89": "Y89",
    "I60-I64": "I64",
}


def test_all_references_of_the_release_resolve_but_those_of_codes_that_it_lacks(
    catalog: Catalog, packaged: PackagedRelease
) -> None:
    listed = set(packaged.code_list.read_text(encoding="ascii").split())
    assert not listed & set(UNRESOLVED.values())
    report = report_references(catalog)
    assert {reference.written for reference in report.unresolved} == UNRESOLVED.keys()
    assert report.found[NoteKind.EXCLUDES1] > 5_407
    assert report.found[NoteKind.EXCLUDES2] > 2_520
    assert report.total == sum(report.found.values())
    entries = [*catalog.groups(Level.CHAPTER), *catalog.groups(Level.BLOCK), *catalog.codes()]
    for reference in report.unresolved:
        notes = catalog.notes([entry for entry in entries if entry.name == reference.at])
        assert any(note.kind is reference.kind and reference.written in note.text for note in notes)


def test_no_excludes_note_with_a_code_in_parentheses_is_missed(catalog: Catalog) -> None:
    """An independent look: whatever looks like a code right behind a parenthesis is one."""
    shape = re.compile(r"\(([A-Z][0-9][0-9A-Z])(?![0-9A-Z])")
    for _, kind, _, text in catalog.all_notes():
        if kind in (NoteKind.EXCLUDES1, NoteKind.EXCLUDES2):
            starts = {text[r.start : r.start + 3] for r in find_references(text)}
            assert set(shape.findall(text)) <= starts, text

"""Which parts of a card's lines are links."""

import pytest

from core.catalog import Catalog
from core.code import Code
from core.full_card import build_full_card
from core.render.full_outline import full_outline
from core.render.linked import linked_lines
from core.render.outline import plain
from tests.conftest import IN_FY2027

M53_9 = Code("M53.9")


def marked(catalog: Catalog, heading: str, line: str) -> str:
    """A line with its links in brackets."""
    [runs] = linked_lines(plain(heading, [line]), M53_9, catalog.known_among)
    assert "".join(run.text for run in runs) == line
    assert all(run.code is None or run.url is None for run in runs)
    return "".join(f"[{run.text}]" if run.code or run.url else run.text for run in runs)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("discitis NOS (M46.4-)", "discitis NOS ([M46.4]-)"),
        ("certain infectious diseases (A00-B99)", "certain infectious diseases ([A00]-[B99])"),
        ("traumatic fracture (S12.-, S22.-)", "traumatic fracture ([S12].-, [S22].-)"),
        ("M54 Dorsalgia", "[M54] Dorsalgia"),
        ("right: M54.31 Sciatica, right side", "right: [M54.31] Sciatica, right side"),
        ("A: S72.001A initial encounter", "A: [S72.001A] initial encounter"),
        ("diabetes with a code from category E11", "diabetes with a code from category [E11]"),
        ("CMS: https://www.cms.gov/x-y.pdf", "CMS: [https://www.cms.gov/x-y.pdf]"),
        ("vitamin B12 deficiency", "vitamin B12 deficiency"),
        ("deficiency (M99.Z9)", "deficiency (M99.Z9)"),  # no such code
        ("M53.9 itself is none", "M53.9 itself is none"),
        ("", ""),
    ],
)
def test_codes_that_exist_are_links(catalog: Catalog, line: str, expected: str) -> None:
    assert marked(catalog, "Excludes1", line) == expected


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Reimbursement", "CMS-HCC Model V28 402 Hip Fracture/Dislocation"),
        ("ICD-9-CM (General Equivalence Mappings)", "To ICD-9-CM: V10.3 (exact)"),
        ("Procedures, from your file x.csv", "V10.3 seen (M54)"),
    ],
)
def test_numbers_of_other_systems_are_no_links(catalog: Catalog, heading: str, line: str) -> None:
    assert marked(catalog, heading, line) == line


@pytest.mark.parametrize("code", ["M53.9", "S72.001A", "E11.9", "C78.31", "T81.4XXA", "B20"])
def test_a_card_loses_no_text_and_links_only_what_exists(catalog: Catalog, code: str) -> None:
    full = build_full_card(catalog, Code(code), IN_FY2027)
    assert full is not None
    for section in full_outline(full).sections:
        lines = linked_lines(section, full.card.code, catalog.known_among)
        assert ["".join(run.text for run in runs) for runs in lines] == [line.text for line in section.lines]
        codes = {run.code for runs in lines for run in runs if run.code}
        assert catalog.known_among(codes) == codes
        assert full.card.code not in codes

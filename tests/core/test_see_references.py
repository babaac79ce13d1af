"""What *see* leads to: made lines, and the derived copy of the real Index of FY2025."""

from collections import Counter
from collections.abc import Mapping

import pytest

from core.alphabetic_index import AlphabeticIndex
from core.see_references import IndexTarget, Unresolved, resolve_see
from core.sources.alphabetic_index import read_alphabetic_index
from tests.core.test_alphabetic_index import OFFICIAL, needs_official

#: number, parent, term, plural, code
LINES = [
    IndexTarget(1, None, "Disease, diseased", False, None, None),
    IndexTarget(2, 1, "heart", False, "I51.9", None),
    IndexTarget(3, None, "Complication", True, None, None),
    IndexTarget(4, 3, "graft NEC", False, "T85.9", None),
    IndexTarget(5, None, "Fracture, pathological", False, "M84.40", None),
    IndexTarget(6, 5, "ankle", False, "M84.47-", None),
    IndexTarget(7, None, "Fracture, traumatic", False, "T14.8", None),
    IndexTarget(8, 7, "ankle", False, "S82.89-", None),
    IndexTarget(9, 7, "skull", False, "S02.91", None),
    IndexTarget(10, None, "Condition", False, None, None),
    IndexTarget(11, None, "Heart, burst", False, "I23.3", None),
    IndexTarget(12, None, "lipomatous, benign", False, "D17.9", None),
]


def see(text: str, *, under: int | None = None, more: tuple[IndexTarget, ...] = ()) -> str | None:
    reference = IndexTarget(99, under, "referring", False, None, text)
    lines = [*LINES, reference, *more]
    codes = {line.number: line.code for line in lines}
    led = resolve_see(lines)[99]
    return codes[led] if isinstance(led, int) else led.name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Disease, diseased, heart", "I51.9"),
        ("Disease, heart", "I51.9"),
        ("disease,  Heart,", "I51.9"),
        ("Disease, heart (chronic), by site", "I51.9"),
        ("Disease, heart, by type of exam", "I51.9"),
        ("Disease, heart, by type with failure", "NO_LINE"),
        ("Complications, graft", "T85.9"),
        ("Complication(s), graft NEC", "T85.9"),
        ("Fracture, skull", "S02.91"),
        ("Fracture, traumatic, ankle", "S82.89-"),
        ("Fracture, ankle", "SEVERAL"),
        ("Disease", "NO_CODE"),
        ("condition", "NO_CODE"),
        ("Heart", "NO_LINE"),
        ("Benign", "NO_LINE"),
        ("Fracture", "NO_LINE"),
        ("Table of Neoplasms", "NO_LINE"),
        ("Disease, liver", "NO_LINE"),
        ("by site", "NO_LINE"),
        (" , ", "NO_LINE"),
    ],
)
def test_references(text: str, code: str) -> None:
    assert see(text) == code


def test_the_own_main_term_is_meant() -> None:
    assert see("Fracture, ankle", under=7) == "S82.89-"
    assert see("Fracture, ankle", under=5) == "M84.47-"


def test_references_are_followed_and_circles_are_not() -> None:
    onward = IndexTarget(100, None, "Onward", False, None, "Disease, heart")
    assert see("Onward", more=(onward,)) == "I51.9"
    circle = IndexTarget(100, None, "Onward", False, None, "Backward")
    back = IndexTarget(101, None, "Backward", False, None, "Onward")
    assert see("Onward", more=(circle, back)) == "NO_CODE"
    itself = IndexTarget(100, None, "Onward", False, None, "Onward")
    assert see("Onward", more=(itself,)) == "NO_CODE"


def test_a_line_with_a_code_needs_no_reference() -> None:
    assert resolve_see([IndexTarget(1, None, "Fever", False, "R50.9", "Disease")]) == {}


def targets(index: AlphabeticIndex) -> list[IndexTarget]:
    return [
        IndexTarget(
            term.number,
            term.parent,
            term.path[-1],
            term.modifiers[-1][:1] == ("s",),
            term.code.text if term.code else None,
            term.see,
        )
        for term in index.terms
    ]


@pytest.fixture(scope="module")
def official() -> AlphabeticIndex:
    return read_alphabetic_index(OFFICIAL)


@pytest.fixture(scope="module")
def led(official: AlphabeticIndex) -> Mapping[int, int | Unresolved]:
    return resolve_see(targets(official))


@needs_official
def test_the_real_index(official: AlphabeticIndex, led: Mapping[int, int | Unresolved]) -> None:
    """12,136 lines have a *see*, 7 of them a code of their own; 8,583 of the others lead to a code.

    What cannot: 889 name the Table of Neoplasms or of Drugs, which the Index file has not, and 477 say
    "see condition", which asks for the condition's own name. The rest: other lines without a code
    ("Calculus", whose sub-terms have it), and paths that are worded otherwise or leave a level out.
    """
    terms = {term.number: term for term in official.terms}
    with_see = [term for term in official.terms if term.see]
    assert (len(with_see), len(led)) == (12_136, 12_129)
    reasons = Counter(found for found in led.values() if isinstance(found, Unresolved))
    assert len(led) - reasons.total() == 8_583
    assert reasons == {Unresolved.NO_LINE: 2_414, Unresolved.NO_CODE: 1_126, Unresolved.SEVERAL: 6}
    tables = [n for n in led if str(terms[n].see).startswith(("Table of", "Neoplasm"))]
    assert Counter(led[n] for n in tables) == {Unresolved.NO_LINE: 889}
    conditions = [n for n in led if str(terms[n].see).lower() == "condition"]
    assert Counter(led[n] for n in conditions) == {Unresolved.NO_CODE: 477}
    # A reference that is written exactly like a path with a code leads to that code.
    exact: dict[str, set[str]] = {}
    for term in official.terms:
        if term.code:
            exact.setdefault(", ".join(term.path).casefold(), set()).add(term.code.text)
    checked = 0
    for number, found in led.items():
        codes = exact.get(str(terms[number].see).casefold(), set())
        if len(codes) == 1 and isinstance(found, int):
            code = terms[found].code
            assert code is not None
            assert {code.text} == codes
            checked += 1
    assert checked > 4_000


@needs_official
@pytest.mark.parametrize(
    ("path", "code"),
    [
        # Each read in the file: the reference's line, and the line that it names.
        (("Abdominalgia",), "R10.9"),
        (("Genital",), None),
        (("Disease, diseased", "joint", "spine NEC"), "M53.9"),
        (("Jakob-Creutzfeldt disease or syndrome",), "A81.00"),
        (("Burn", "hand", "thumb"), "T23.019"),
        (("Adenoma", "sudoriferous gland"), None),
    ],
)
def test_references_of_the_real_index(
    official: AlphabeticIndex, led: Mapping[int, int | Unresolved], path: tuple[str, ...], code: str | None
) -> None:
    terms = {term.number: term for term in official.terms}
    [reference] = [term.number for term in official.terms if term.path == path]
    found = led[reference]
    assert (code is None) == isinstance(found, Unresolved)
    if isinstance(found, int):
        printed = terms[found].code
        assert printed is not None
        assert printed.text == code

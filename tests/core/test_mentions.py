import random
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.code import Code
from core.recogniser.grammar import Form, readings, token_at
from core.recogniser.mention import Evidence, Mention, Verdict
from core.recogniser.recognise import mention_at, recognise, recognise_line
from core.recogniser.service_dates import stated_dates
from core.recogniser.word_lists import PATH, WordListError, read_word_lists
from tests.conftest import IN_FY2026

_MEGABYTE = 1_000_000


def singles(line: str) -> list[str]:
    """What the grammar takes for single codes, whether they exist or not."""
    return [t.written for tokens in readings(line, 0, len(line)) for t in tokens if t.form is Form.SINGLE]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("M53.9", ["M53.9"]),
        ("m53.9 or S72001A", ["m53.9", "S72001A"]),
        ("S72.001A.", ["S72.001A"]),
        ("I10.", ["I10"]),
        ("I10. So", ["I10"]),
        ("(M54.5)", ["M54.5"]),
        ("M54.50,M54.16;I10", ["M54.50", "M54.16", "I10"]),
        ("M54.50/M54.16", ["M54.50", "M54.16"]),
        ("M50-M54", ["M50", "M54"]),
        ("**M53.9**", ["M53.9"]),
        ("_M53.9_ __M53.9__", ["M53.9", "M53.9"]),
        ("#M5450", ["M5450"]),
        ("QA0.0101 Z3A.38 C4A M1A.00X0 F32.A", ["QA0.0101", "Z3A.38", "C4A", "M1A.00X0", "F32.A"]),
        ("pain.M54.5", ["M54.5"]),
        ("1.M54.5", ["M54.5"]),
        ("M54.5.Next", ["M54.5"]),
        ("M54.- M54.5-", ["M54", "M54.5"]),
        ("\u202bM53.9\u202c שלום", ["M53.9"]),  # right-to-left marks are no letters
        ("\x00M53.9\x00", ["M53.9"]),
        ("\ud800M53.9\udc00", ["M53.9"]),
        ("\U0001f600M53.9\x0cI10", ["M53.9", "I10"]),
    ],
)
def test_the_grammar_finds_codes_as_people_write_them(line: str, found: list[str]) -> None:
    assert singles(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "E888.9",  # ICD-9-CM
        "QA00.6",  # ICD-11
        "icd_M53.9",
        "M53.9_x",
        "xM53.9",
        "M53.99999",
        "M53.9x12345",
        "M53.9.1",
        "1.I10",
        "I10.5.1",
        "ñM53.9",
        "M53.9é",
        "дM53.9",
        "M5٣.9",  # an Arabic-Indic digit
        "ſ53.9",  # the long s, which is an s in another case
        "M5",
        "53.9",
        "",
        "\x00",
    ],
)
def test_no_code_inside_a_longer_word_or_another_system_of_codes(line: str) -> None:
    assert singles(line) == []


@pytest.mark.parametrize(("index", "found"), [(0, None), (3, "M54.50"), (9, "M54.16"), (16, None)])
def test_token_at(index: int, found: str | None) -> None:
    token = token_at("x M54.50/M54.16 y", index)
    assert (token and token.written) == found


def find(catalog: Catalog, text: str, on: date = IN_FY2026) -> list[Mention]:
    return list(recognise(text, catalog, on))


def verdicts(catalog: Catalog, text: str, on: date = IN_FY2026) -> list[str]:
    return [f"{m.written} {m.verdict}" for m in find(catalog, text, on) if m.verdict is not Verdict.IGNORE]


def test_a_mention_says_where_what_and_why(catalog: Catalog) -> None:
    [mention] = find(catalog, "\U0001f600 Dx: m539!")
    assert (mention.start, mention.end, mention.written) == (6, 10, "m539")
    assert (mention.verdict, mention.evidence) == (Verdict.CODE_NORM, Evidence.CUE)
    assert (mention.code, mention.names) == (Code("M53.9"), "M53.9")
    assert [str(reason) for reason in mention.reasons] == [
        "label: “Dx” stands on the same line.",
        "form: The official form is M53.9.",
    ]
    assert mention.is_reportable


def test_a_rejected_token_explains_itself(catalog: Catalog) -> None:
    [mention] = find(catalog, "wearing an N95 mask, dx none")
    assert (mention.verdict, mention.evidence) == (Verdict.WEAK, Evidence.CONTRARY)
    assert mention.reasons[0].rule == "mask"
    assert not mention.is_reportable


def test_what_was_meant_is_data(catalog: Catalog) -> None:
    [mention] = find(catalog, "struck by equipment W21.89A")
    assert (mention.verdict, mention.suggestion) == (Verdict.INVALID, Code("W21.89XA"))
    assert "the placeholder X is missing" in str(mention.reasons[1])


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (date(2021, 9, 30), Verdict.CODE),
        (date(2021, 10, 1), Verdict.CATEGORY),
    ],
)
def test_the_date_of_service_decides(catalog: Catalog, on: date, verdict: Verdict) -> None:
    assert [m.verdict for m in find(catalog, "low back pain M54.5", on)] == [verdict]


def test_a_code_that_is_not_yet_valid_suggests_the_one_that_was(catalog: Catalog) -> None:
    [mention] = find(catalog, "M54.50", date(2020, 1, 1))
    assert (mention.verdict, mention.suggestion) == (Verdict.INVALID, Code("M54.5"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ICD-10: M54.50, E11.9 and I10", ["M54.50 CODE", "E11.9 CODE", "I10 CODE"]),
        ("I10, E11.9", ["I10 CODE", "E11.9 CODE"]),  # a later neighbour lifts the first
        ("I10 or so. E11.9", ["I10 WEAK", "E11.9 CODE"]),
        ("I10\nE11.9", ["I10 CODE", "E11.9 CODE"]),
        ("code list:\nZ23\n", ["Z23 CODE"]),
        ("M50-M54", ["M50-M54 RANGE"]),
        ("M50-M99.9", ["M50-M99.9 RANGE"]),
        ("M54-M50", ["M54 WEAK", "M50 WEAK"]),
        ("E11.9-E11.65", ["E11.9 CODE", "E11.65 CODE"]),
        ("R10.9* unspecified abdominal pain", ["R10.9 CODE"]),
        ("*M54.5*", ["M54.5 CATEGORY"]),
        ("M54.*", ["M54.* RANGE"]),
        ("T40.2- opioids", ["T40.2- RANGE"]),
        ("in the afternoon T38.5", ["T38.5 WEAK"]),
        ("dx l10", ["l10 INVALID"]),
        ("skin: l10 pemphigus", ["l10 CATEGORY"]),
        ("V10.3 breast cancer", ["V10.3 OTHER_SYSTEM"]),
        ("car driver in collision V43.5", ["V43.5 CATEGORY"]),
        ("ICD interrogation, then T14", ["T14 WEAK"]),
        ("ICD: T14", ["T14 CATEGORY"]),
        ('{"note": "HTN I10\\nDM E11.9\\nJ44.9 COPD"}', ["I10 CODE", "E11.9 CODE", "J44.9 CODE"]),
        ('"Dx E11.9\\nexercise daily"', ["E11.9 CODE"]),
        (r"D:\scans\E11.9\next", []),
        (r"visit-E11.9\notes", []),
        ("dx,los\nE11,9", ["E11 CATEGORY"]),  # two cells, and no comma for a dot
        ("Dx: F10-19", ["F10 CATEGORY"]),  # a range cut short, though F10.19 exists
        ("formerly m545; hip fracture S72.001A", ["m545 WEAK", "S72.001A CODE"]),
        ("99213 R42 V43.52XA", ["R42 CODE", "V43.52XA CODE"]),
        ("60601 I95", ["I95 WEAK"]),
        ("W100, W101, W102", ["W100 WEAK", "W101 WEAK", "W102 WEAK"]),
        ("E119, I10, N179", ["E119 CODE_NORM", "I10 CODE", "N179 CODE_NORM"]),
        ("a" * 2000 + " Dx: I10 " + "b" * 2000, ["I10 CODE"]),
        ("dx " + "a" * 2000 + " I10", ["I10 WEAK"]),
    ],
)
def test_verdicts(catalog: Catalog, text: str, found: list[str]) -> None:
    assert verdicts(catalog, text) == found


def test_sections_and_tables_reach_over_lines(catalog: Catalog) -> None:
    note = "Problem list:\n- HTN\nI10\n\nPLAN\nsee R51 there"
    assert verdicts(catalog, note) == ["I10 CODE", "R51 WEAK"]
    rows = "dx,lot\n" + "I10,E11.9\n" * 3
    assert verdicts(catalog, rows)[::2] == ["I10 CODE"] * 3
    assert verdicts(catalog, rows.replace("\n", "\r"))[::2] == ["I10 CODE"] * 3


def test_dates_that_a_text_states(catalog: Catalog) -> None:
    text = "DOS 2021-03-04 M54.5\nDate of service: 02/30/2022 M54.5\nDOS: 11/01/2021\nM54.5"
    stated = stated_dates(text)
    assert stated.dates == (date(2021, 3, 4), date(2021, 11, 1))
    found = recognise(text, catalog, IN_FY2026, stated=stated)
    assert [m.verdict for m in found] == [Verdict.CODE, Verdict.CODE, Verdict.CATEGORY]
    assert stated_dates("none").at(3) is None


# What an editor asks for


def test_one_line_with_what_stands_above_it(catalog: Catalog) -> None:
    lines = ["", "Assessment", "", "1) I10 stable, M54.5"]
    found = recognise_line(lines, 3, catalog, IN_FY2026)
    assert [(m.start, m.written, m.verdict.value) for m in found] == [
        (3, "I10", "CODE"),
        (15, "M54.5", "CATEGORY"),
    ]


@pytest.mark.parametrize(
    ("index", "found"),
    [(0, None), (2, "M54.50"), (5, "M54.50"), (8, "M54.50"), (9, "M54.16"), (15, "M54.16"), (16, None)],
)
def test_mention_at_prefers_the_code_that_begins_there(
    catalog: Catalog, index: int, found: str | None
) -> None:
    mention = mention_at("x M54.50/M54.16 y", index, catalog, IN_FY2026)
    assert (mention and mention.written) == found


def test_mention_at_favours_recall(catalog: Catalog) -> None:
    for line, code in (("BP 118/70, P60", "P60"), ("G0439 AWV", "G04.39"), ("see I95", "I95")):
        mention = mention_at(line, line.index(code[:3]), catalog, IN_FY2026)
        assert mention is not None
        assert mention.code == Code(code)
        assert not mention.is_reportable
    assert mention_at("vitamin B12", 9, catalog, IN_FY2026) is None


def test_mention_at_knows_the_heading_above(catalog: Catalog) -> None:
    alone = mention_at("R51, better", 1, catalog, IN_FY2026)
    under = mention_at("R51, better", 1, catalog, IN_FY2026, above=["Assessment:"])
    assert alone is not None
    assert under is not None
    assert (alone.verdict, under.verdict) == (Verdict.WEAK, Verdict.CATEGORY)


@pytest.mark.parametrize("index", [0, 500_000, 999_990])
def test_mention_at_costs_the_same_in_any_line(catalog: Catalog, index: int) -> None:
    line = ("M54.50 " * 142_858)[:_MEGABYTE]
    mention_at("M54.50", 1, catalog, IN_FY2026)
    short, long = (
        calls(partial(mention_at, text, at, catalog, IN_FY2026))
        for text, at in ((line[:20_000], 10_000), (line, index))
    )
    assert long < 2 * short + 100
    mention = mention_at(line, index, catalog, IN_FY2026)
    assert mention is not None
    assert line[mention.start : mention.end] == "M54.50"


# Properties

_PIECES = st.sampled_from(
    [
        *"M53.9 m5450 I10 E888.9 M50-M54 M54.- M54.x M54. 50 M.54.50 Dx: W21.89A lot HCPCS J0130".split(),
        *"| , \n \r ( ) - _ x é 9 # * mg ICD-9 V58.61 \U0001f600 DG1|1|| ^ I10^".split(" "),
        *'<a code=" " codeSystem= > {"system":"x","code":"I10"}'.split(" "),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=14).map(" ".join) | st.lists(_PIECES, max_size=14).map("".join)


@given(text=_TEXTS | st.text(max_size=60))
def test_mentions_are_what_the_text_says_in_order_and_apart(catalog: Catalog, text: str) -> None:
    mentions = find(catalog, text)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.written
        assert mention.reasons
        if mention.is_reportable:
            assert mention.names or mention.verdict is Verdict.INVALID
            assert mention.evidence in (Evidence.STRONG, Evidence.CUE)
        if mention.verdict is Verdict.CODE:
            assert mention.written == mention.names
    for before, after in pairwise(mentions):
        assert before.end <= after.start


@given(text=_TEXTS, data=st.data())
def test_a_part_is_judged_as_in_the_whole(catalog: Catalog, text: str, data: st.DataObject) -> None:
    # Within a run such as M54.M54.M54.x another start cuts it into other tokens.
    starts = [0, *(place for place, before in enumerate(text, 1) if before.isspace())]
    index = data.draw(st.sampled_from(starts))
    whole = [m for m in find(catalog, text) if m.start >= index]
    part = recognise(text, catalog, IN_FY2026, start=index)
    # A list's first token can be cut off, and a token that began before the part is none of it.
    assert {(m.start, m.end) for m in part} >= {(m.start, m.end) for m in whole}


# Speed: bounds are wide, for a shared machine; what is excluded is growth with the square of the length.


def _random_codes(length: int) -> str:
    rng = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return " ".join(
        f"{rng.choice(letters)}{rng.randrange(100):02}.{rng.randrange(100)}" for _ in range(length // 7)
    )


def calls(act: Callable[[], object]) -> int:
    """How many functions are called, of ours and of the interpreter: work that no clock measures."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


_HOSTILE: dict[str, Callable[[int], str]] = {
    "A1": lambda n: "A1" * (n // 2),
    "digits": lambda n: "1" * n,
    "letters": lambda n: "a" * n,
    "blanks": lambda n: " " * n,
    "one line of codes": lambda n: "A10 " * (n // 4),
    "lines of codes": lambda n: "A10\n" * (n // 4),
    "dots": lambda n: "M54." * (n // 4),
    "dashes": lambda n: "M54-" * (n // 4),
    "segments": lambda n: "PID|" + "M10^" * (n // 4),
    "tags": lambda n: "<A10 " * (n // 5),
    "objects": lambda n: '{"system":"x" "code":"I10" ' * (n // 27),
    "labels": lambda n: "lot I10 " * (n // 8),
    "cues": lambda n: "icd " * (n // 8) + "I10 dx " * (n // 14),
    "table": lambda n: "id,dx\n" + "77,E119\n" * (n // 8),
    "codes": _random_codes,
    "headings": lambda n: "a:\nI10 x\n" * (n // 9),
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE)
def test_the_work_grows_with_the_length(catalog: Catalog, text: Callable[[int], str]) -> None:
    find(catalog, text(100))  # what is read once, such as the lists of words
    few, many = (calls(partial(find, catalog, text(length))) for length in (_MEGABYTE // 80, _MEGABYTE // 16))
    assert many < 15 * few + 1000  # five times the text; squared it would be 25 times the work


def test_prose_without_codes_costs_little(catalog: Catalog) -> None:
    prose = (
        "The patient is a male in his fifties with a past medical history significant for heart failure and\n"
        "hypertension, who presents for follow-up. He has continued to take his tablets daily, and denies\n"
        "weight gain, swelling and fevers.\n"
    )
    find(catalog, prose)
    assert calls(partial(find, catalog, prose * 3000)) < 1000  # one pass of a pattern, whatever the length


# The lists


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('words = ["icd",', 'words = ["ICD",'),
        ('words = ["icd",', 'words = ["10",'),
        ("[cues.label]", "[cues.label"),
        ("[generic]", "[general]"),
        ('tokens = "H20"', 'tokens = "H20("'),
    ],
)
def test_damaged_lists_are_refused(tmp_path: Path, was: str, becomes: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert was in text
    damaged = tmp_path / "recogniser.toml"
    damaged.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(WordListError, match="cannot be used"):
        read_word_lists(damaged)

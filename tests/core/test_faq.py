"""Questions and answers: only where the fact exists, each with date and release."""

from datetime import date

import pytest

from core.catalog import Catalog
from core.code import Code
from core.faq import faq
from core.icd9 import Direction, Equivalence, Icd9Code, Icd9History
from core.succession import succession
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_card import card_of

BILLABLE, WHEN, REPLACED, BELOW, SEVENTH, EXCLUDES = (
    "Is {} billable?",
    "When is {} billable?",
    "What replaces {}?",
    "Which codes are below {}?",
    "Does {} need a 7th character?",
    "What does {} exclude (Excludes1)?",
)


def answers(catalog: Catalog, code: str, on: date = IN_FY2026) -> dict[str, str]:
    card = card_of(catalog, code, on)
    return {found.question: found.answer for found in faq(card, succession(catalog, card))}


@pytest.mark.parametrize(
    ("code", "on", "questions"),
    [
        ("M53.9", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("I10", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("E11.22", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("S72.001A", IN_FY2026, [BILLABLE, WHEN, SEVENTH, EXCLUDES]),
        ("S72.001", IN_FY2026, [BILLABLE, SEVENTH, EXCLUDES]),
        ("S72", IN_FY2026, [BILLABLE, BELOW, SEVENTH, EXCLUDES]),
        ("F02.80", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("R10.9", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("B20", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("O09.01", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("T81.4XXA", IN_FY2026, [BILLABLE, WHEN, REPLACED]),
        ("Z3A.38", IN_FY2026, [BILLABLE, WHEN]),
        ("U07.1", IN_FY2026, [BILLABLE, WHEN]),
        ("QA0.0101", IN_FY2026, [BILLABLE, WHEN]),
        ("C4A.0", IN_FY2026, [BILLABLE, WHEN, EXCLUDES]),
        ("W21.89XA", IN_FY2026, [BILLABLE, WHEN, SEVENTH, EXCLUDES]),
        # The codes below M54.5 are those that replaced it: they are listed once.
        ("M54.5", IN_FY2026, [BILLABLE, WHEN, REPLACED, EXCLUDES]),
        ("M53", IN_FY2026, [BILLABLE, BELOW, EXCLUDES]),
        ("D69.1", IN_FY2027, [BILLABLE, WHEN, REPLACED, EXCLUDES]),
        ("K6A", IN_FY2027, [BILLABLE, BELOW]),
    ],
)
def test_a_question_is_asked_where_the_fact_exists(
    catalog: Catalog, code: str, on: date, questions: list[str]
) -> None:
    assert list(answers(catalog, code, on)) == [question.format(code) for question in questions]


def to_icd9(icd9: str | None, *flags: int) -> Equivalence:
    code = Icd9Code.parse(icd9) if icd9 else None
    approximate, combination, scenario, choice_list = flags
    return Equivalence(
        Direction.TO_ICD9, code, Code("A18.01"), bool(approximate), bool(combination), scenario, choice_list
    )


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ([], None),
        ([to_icd9("724.9", 1, 0, 0, 0)], "724.9 (approximate)"),
        ([to_icd9("340", 0, 0, 0, 0)], "340 (exact)"),
        ([to_icd9(None, 1, 0, 0, 0)], "None"),
        (
            [to_icd9("304.00", 1, 0, 0, 0), to_icd9("304.01", 1, 0, 0, 0)],
            "304.00 (approximate) or 304.01 (approximate)",
        ),
        (
            # 2018_I10gem.txt has lists out of order: one code of each list, and of one scenario.
            [to_icd9("730.88", 1, 1, 1, 2), to_icd9("015.00", 1, 1, 1, 1), to_icd9("711.48", 1, 1, 1, 2)],
            "015.00 (approximate) with (730.88 (approximate) or 711.48 (approximate))",
        ),
    ],
)
def test_the_icd9_code_is_answered_from_the_mappings(
    catalog: Catalog, rows: list[Equivalence], answer: str | None
) -> None:
    history = Icd9History(tuple(rows), (), {})
    found = [f for f in faq(card_of(catalog, "A18.01"), icd9=history) if "ICD-9-CM" in f.question]
    frozen = ", by the General Equivalence Mappings of 2018, which follow no later change. As of "
    assert len(found) == (answer is not None)
    assert all(f.answer.startswith(f"{answer}{frozen}") and f.source.key == "gem" for f in found)


@pytest.mark.parametrize(
    ("code", "question", "beginning"),
    [
        ("M53.9", BILLABLE, "Yes. Billable: valid for submission on 2026-06-01."),
        ("M53.9", WHEN, "Billable from 2015-10-01 on, as far as is known: through 2027-09-30."),
        (
            "M53.9",
            EXCLUDES,
            "At block M50-M54 (inherited): current injury - see injury of spine by body region; "
            "discitis NOS (M46.4-).",
        ),
        ("M54.5", BILLABLE, "No. Heading: not valid for submission on 2026-06-01"),
        ("M54.5", WHEN, "Billable from 2015-10-01 through 2021-09-30."),
        (
            "M54.5",
            REPLACED,
            "From 2021-10-01 on, derived from the billable periods and the hierarchy: "
            "M54.50 Low back pain, unspecified; M54.51 Vertebrogenic low back pain; "
            "M54.59 Other low back pain.",
        ),
        ("T81.4XXA", WHEN, "Billable from 2015-10-01 through 2018-09-30."),
        ("S72.001A", SEVENTH, "It has one: A, initial encounter for closed fracture."),
        (
            "W21.89",
            SEVENTH,
            "Yes: W21.89XA initial encounter; W21.89XD subsequent encounter; W21.89XS sequela.",
        ),
        ("S72", SEVENTH, "The codes below it do: A initial encounter for closed fracture; B initial"),
        ("U07.1", WHEN, "Billable from 2020-04-01 on"),
        (
            "B20",
            EXCLUDES,
            "At category B20: asymptomatic human immunodeficiency virus [HIV] infection status",
        ),
    ],
)
def test_answers(catalog: Catalog, code: str, question: str, beginning: str) -> None:
    assert answers(catalog, code)[question.format(code)].startswith(beginning)


def test_own_exclusions_come_before_inherited_ones(catalog: Catalog) -> None:
    answer = answers(catalog, "I10")[EXCLUDES.format("I10")]
    assert answer.index("category I10:") < answer.index("block I10-I1A (inherited):")


def test_codes_of_another_year_stand_without_title(catalog: Catalog) -> None:
    answer = answers(catalog, "D69.1", IN_FY2027)[REPLACED.format("D69.1")]
    assert "From 2026-10-01 on" in answer
    assert "D69.11; D69.19." in answer


def test_without_the_succession_nothing_is_said_of_it(catalog: Catalog) -> None:
    questions = [found.question for found in faq(card_of(catalog, "M54.5"))]
    assert REPLACED.format("M54.5") not in questions
    assert BELOW.format("M54.5") in questions


def test_every_50th_code(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::50]:
        for on in (IN_FY2026, IN_FY2027):
            found = faq(card_of(catalog, entry.name, on))
            assert len(found) == len({line.question for line in found})
            assert all(
                line.answer.endswith(f"As of {on}, release FY2026 (April 1, 2026).") and line.source.edition
                for line in found
            )

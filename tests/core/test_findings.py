"""The rules over a note. Expectations are read from the Tabular List of the packaged release, FY2026."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog import Catalog
from core.findings.check import check, service_date
from core.findings.finding import Finding, Fix, Severity
from core.findings.settings import DEFAULTS, RULES, CheckSettings
from core.recogniser.recognise import recognise
from tests.conftest import IN_FY2026

_NOTES = Path(__file__).parents[2].parent / "shared" / "notes"
needs_notes = pytest.mark.skipif(
    not _NOTES.is_dir(), reason="needs the notes for tests, which are not in this repository: ../shared/notes"
)

#: Rule, note, and the texts that the findings of that rule are on; none for a note that is right.
CASES = [
    # unknown-code: no year has Z99.999, and I10 has never been divided.
    ("unknown-code", "Dx: Z99.999", ["Z99.999"]),
    ("unknown-code", "Dx: I10.9 hypertension", ["I10.9"]),
    ("unknown-code", "dx M54 .50", ["M54 .50"]),
    ("unknown-code", "Dx: QA0.0101", []),
    ("unknown-code", "ICD-9 250.00, ECI E888.9, ICD-11 QA00.6", []),
    # retired: T81.4XXA was deleted on 2018-10-01, and split into T81.40 to T81.49.
    ("retired", "Infection following a procedure, T81.4XXA", ["T81.4XXA"]),
    ("retired", "DOS: 2018-10-01\nDx: T81.4XXA", ["T81.4XXA"]),
    ("retired", "DOS: 2018-09-30\nDx: T81.4XXA", []),
    ("retired", "Dx: T81.40XA", []),
    # not-yet-valid: M54.50 is in use from 2021-10-01 on, G35.A from 2025-10-01 on.
    ("not-yet-valid", "DOS: 2021-09-30\nLow back pain M54.50", ["M54.50"]),
    ("not-yet-valid", "DOS: 2025-09-30\nDx: G35.A", ["G35.A"]),
    ("not-yet-valid", "DOS: 2021-10-01\nLow back pain M54.50", []),
    ("not-yet-valid", "Dx: G35.A", []),
    # seventh-character: S72 and W21 have tables of 7th characters, M54.5 has none (I.A.4, I.A.5).
    ("seventh-character", "Dx: S72.001", ["S72.001"]),
    ("seventh-character", "Dx: W21.89A", ["W21.89A"]),
    ("seventh-character", "Dx: M54.50A", ["M54.50A"]),
    # An X only fills places before the 7th character, and a code has seven at most.
    ("seventh-character", "Dx: S72.001X, T14.90X", ["S72.001X", "T14.90X"]),
    ("seventh-character", "W19.XX fall, dx S72001X", ["W19.XX", "S72001X"]),
    ("seventh-character", "Dx: S72.001AA\nfracture S72.001AX", ["S72.001AA", "S72.001AX"]),
    ("unknown-code", "Dx: T81.4X", ["T81.4X"]),
    ("seventh-character", "S72.0__ or S72.00?A, E11.X, S72.001-", []),
    ("seventh-character", "Dx: S72.001A, W21.89XA", []),
    ("seventh-character", "Dx: Z99.999", []),
    # not-billable: M54.5 is a heading since 2021-10-01, G35 since 2025-10-01.
    ("not-billable", "2. Low back pain M54.5", ["M54.5"]),
    ("not-billable", "Dx: l10", ["l10"]),
    ("not-billable", "Dx: G35", ["G35"]),
    ("not-billable", "DOS: 2021-09-30\nLow back pain M54.5", []),
    ("not-billable", "Dx: M54.5-, M54.*, M50-M54, M54.50", []),
    # code-format (I.A.2)
    ("code-format", "Dx: m54.50", ["m54.50"]),
    ("code-format", "Dx: M5450", ["M5450"]),
    ("code-format", "Dx: M54.50", []),
    ("code-format", "HI*ABK:M5450*ABF:E1165~", []),
    ("code-format", "icd10\nM5450\nE1165\nI5023\n", []),
    # excludes1-conflict. E10: "type 2 diabetes mellitus (E11.-)"; J06: "streptococcal pharyngitis (J02.0)";
    # block M50-M54: "discitis NOS (M46.4-)"; M54.5: "lumbago due to … displacement (M51.2-)".
    ("excludes1-conflict", "Dx: E10.9, E11.9", ["E11.9"]),
    ("excludes1-conflict", "Assessment:\n1. Sore throat J02.0\n2. URI J06.9", ["J06.9"]),
    ("excludes1-conflict", "A:\n- M46.46 discitis\n- M53.9 dorsopathy\n", ["M53.9"]),
    ("excludes1-conflict", "HI*ABK:M5450*ABF:M5126~", ["M5126"]),
    # E11.65 and E11.9 are of one family, and J44 has "code also type of asthma (J45.-)".
    ("excludes1-conflict", "Dx: E11.9, E11.65", []),
    ("excludes1-conflict", "Assessment:\n1. COPD J44.9\n2. Asthma J45.909", []),
    # Chapter 13 has "neoplasms (C00-D49)" as Excludes2.
    ("excludes1-conflict", "Dx: M54.50, C79.51", []),
    # Not reported together: two claims, two visits, a choice, words that weigh, boxes, another patient.
    ("excludes1-conflict", "CLM*1~\nHI*ABK:E109~\nCLM*2~\nHI*ABK:E119~", []),
    ("excludes1-conflict", "DOS: 2026-01-02\nDx: E10.9\nDOS: 2026-02-03\nDx: E11.9", []),
    ("excludes1-conflict", "Common codes\nE10.9 type 1\nE11.9 type 2", []),
    ("excludes1-conflict", "Dx: E10.9 rather than E11.9", []),
    ("excludes1-conflict", "[ ] E10.9 type 1\n[x] E11.9 type 2", []),
    ("excludes1-conflict", "Patient: A\nDx: E10.9\nPatient: B\nDx: E11.9", []),
    ("excludes1-conflict", 'codes = ["E10.9", "E11.9"]', []),
    ("excludes1-conflict", "id,icd10\n1,E10.9\n2,E11.9\n", []),
    # manifestation-first: G63 "in diseases classified elsewhere", code first "amyloidosis (E85.-)".
    ("manifestation-first", "A:\n1. Neuropathy G63\n2. Amyloidosis E85.4", ["G63"]),
    ("manifestation-first", "Dx: F02.80, G30.9", ["F02.80"]),
    ("manifestation-first", "A:\n1. Amyloidosis E85.4\n2. Neuropathy G63", []),
    # B96 is "as the cause of diseases classified elsewhere": the other side of the pair.
    ("manifestation-first", "Dx: B96.20, N39.0", []),
    # code-first-missing: R65.2 "code first underlying infection, such as"; T20.4 "(T51-T65) to identify".
    ("code-first-missing", "Dx: R65.20", ["R65.20"]),
    ("code-first-missing", "Dx: I10, T20.40XA", ["T20.40XA"]),
    ("code-first-missing", "Dx: A41.9, R65.20", []),
    ("code-first-missing", "Dx: T54.2X1A, T20.40XA", []),
    # "if applicable", "if known", and A41's list of conditions that a patient may have.
    ("code-first-missing", "Dx: R13.10, I1A.0, N18.31, A41.9", []),
    # A table of codes and titles is a list to choose from, and no claim; with a patient its rows are claims.
    ("manifestation-first", "code,description\nE85.4,Organ-limited amyloidosis\nG63,Polyneuropathy", []),
    ("manifestation-first", "mrn,code,description\n77,G63,Polyneuropathy", ["G63"]),
    ("laterality-unspecified", "ICD-10 code;Title\nM25.569;Pain in unspecified knee", []),
    ("laterality-unspecified", "mrn;ICD-10 code\n77;M25.569", ["M25.569"]),
    # title-mismatch
    ("title-mismatch", "E11.9 - Hypertension", ["E11.9"]),
    ("title-mismatch", "Right knee pain M25.562", ["M25.562"]),
    ("title-mismatch", "2. Right knee pain M25.562 - PT", ["M25.562"]),
    (
        "title-mismatch",
        "1. HTN: I10 - Essential hypertension\n2. Right knee pain M25.561 - PT left to do",
        [],
    ),
    ("title-mismatch", "Type 1 diabetes (E11.9)", ["E11.9"]),
    (
        "title-mismatch",
        '<c code="I10" codeSystem="2.16.840.1.113883.6.90" displayName="Low back pain"/>',
        ["I10"],
    ),
    ("title-mismatch", "| # | Code | Text |\n|---|---|---|\n| 1 | I50.23 | Low back pain |", ["I50.23"]),
    # A shared prefix, a word of the chapter, or "unilateral" is no likeness.
    ("title-mismatch", "Hypertension E78.5", ["E78.5"]),
    ("title-mismatch", "I10 - Hyperlipidemia", ["I10"]),
    ("title-mismatch", "Hypothyroidism - E05.90", ["E05.90"]),
    ("title-mismatch", "hypotension - I10", ["I10"]),
    ("title-mismatch", "Low back pain - M51.26", ["M51.26"]),
    ("title-mismatch", "J18.9 urinary tract infection", ["J18.9"]),
    ("title-mismatch", "M17.11 left knee osteoarthritis", ["M17.11"]),
    ("title-mismatch", "M16.11 left hip OA", ["M16.11"]),
    ("title-mismatch", "Dx: pneumonia N39.0", ["N39.0"]),
    ("title-mismatch", "Urinary tract infection J06.9", ["J06.9"]),
    ("title-mismatch", "Heart failure - N17.9", ["N17.9"]),
    ("title-mismatch", "Hyperkalemia E87.1", ["E87.1"]),
    ("title-mismatch", "S83.511A left knee ACL sprain", ["S83.511A"]),
    ("title-mismatch", "Pneumonia I26.99", ["I26.99"]),
    ("title-mismatch", "Type 2 diabetes mellitus - I10", ["I10"]),
    ("title-mismatch", "Gout - J45.909", ["J45.909"]),
    # Forms of one word, parts of the body and abbreviations are no mismatch.
    ("title-mismatch", "Hypertension I11.9\nDiabetic neuropathy E11.40\nOsteoarthritis of knee M17.11", []),
    ("title-mismatch", "Right knee OA M17.11\nOsteoarthritis of both knees M17.11\nKnee pain M17.11", []),
    ("title-mismatch", "Unilateral hip osteoarthritis M16.11\nRight heart failure I50.810", []),
    ("title-mismatch", "Hypothyroid E03.9\nKidney failure N18.6\nLeft ventricular failure I50.1", []),
    ("title-mismatch", "UTI N39.0\nDepression F33.9\nHyperthyroidism E05.90\nPneumonia J15.9", []),
    ("title-mismatch", "No pneumonia J20.9\nHistory of pneumonia J20.9", []),
    ("title-mismatch", "HTN I10\nT2DM (E11.9)\nCKD stage 3 N18.31\nCHF I50.9", []),
    ("title-mismatch", "Heart attack (I21.9)\nSore throat J02.9\nLow back pain M54.50", []),
    ("title-mismatch", "Bilateral knee pain M25.561, M25.562", []),
    ("title-mismatch", "High blood pressure I10", []),
    ("title-mismatch", "History of asthma Z87.09\nHx of gallstones Z87.19\nFH of gout Z82.69", []),
    ("title-mismatch", "No gallbladder Z90.49\nAllergic to latex Z91.040", []),
    # A place, a vital sign or a path is no code, and a topic no label of what stands in a sentence.
    (
        "not-billable",
        "Room M54.5\nUnit C34.9 bed 2\nTemp 98.6 P80.9 R18.8\nC:\\M54.5\\f.txt INV-M54.5-2026",
        [],
    ),
    ("not-billable", "Assessment: T20 world cup player, T25 lens\nLives in area E11\nUses a type J45", []),
    # duplicate (I.B.12)
    ("duplicate", "Dx: I10, E11.9, I10", ["I10"]),
    ("duplicate", "- I10\n- E11.9\n- I10\n", ["I10"]),
    ("duplicate", "I10 - Hypertension (I10)", []),
    ("duplicate", "A:\n1. HTN I10\n\nBilling:\nI10\n", []),
    ("duplicate", "DG1|1||I10^^I10|||A\rDG1|2||I10^^I10|||F\r", []),
    ("duplicate", "HI*ABK:I10*ABJ:I10~", []),
    # laterality-unspecified: M25.561 right, M25.562 left, M25.569 unspecified (I.B.13).
    ("laterality-unspecified", "Knee pain M25.569", ["M25.569"]),
    ("laterality-unspecified", "Dx: H40.009", ["H40.009"]),
    ("laterality-unspecified", "Knee pain M25.561", []),
    ("laterality-unspecified", "Dx: I50.9", []),
    # unspecified-with-specific-sibling
    ("unspecified-with-specific-sibling", "Dx: N17.9", ["N17.9"]),
    ("unspecified-with-specific-sibling", "Dx: M53.9", ["M53.9"]),
    ("unspecified-with-specific-sibling", "Dx: I10, E11.9, N17.0", []),
    ("unspecified-with-specific-sibling", "Common codes\nN17.9 AKI\nN17.0 ATN", []),
    # unread-date-of-service: months end at 12, and days before months are not the US form.
    ("unread-date-of-service", "DOS: 13/45/2026\nM54.5", ["13/45/2026"]),
    ("unread-date-of-service", "M54.5 seen, DOS 2021-13-01", ["2021-13-01"]),
    ("unread-date-of-service", "DOS: 2026-01-02\nI10 HTN\nDOS: 4.3.2026\nM54.5", ["4.3.2026"]),
    ("unread-date-of-service", "DOS: Feb 30, 2026\nM54.5", ["Feb 30, 2026"]),
    ("unread-date-of-service", "DOS: 03/04/2021 - 03/06/2021\nM54.5", []),
    ("unread-date-of-service", "DOS: unknown\nRuns MS-DOS 6.22\nDOS:\nM54.5", []),
    ("unread-date-of-service", "DOS: 13/45/2026, no code", []),
    # unknown-rule
    ("unknown-rule", "I10  # icdlens: ignore retierd", ["retierd"]),
    ("unknown-rule", "<!-- icdlens: ignore-file retired, nothing -->", ["nothing"]),
    ("unknown-rule", "I10  # icdlens: ignore", []),
    ("unknown-rule", "I10  # icdlens: ignore retired since the payer wants it", []),
]


def found(
    catalog: Catalog, text: str, on: date = IN_FY2026, chosen: CheckSettings = DEFAULTS
) -> tuple[Finding, ...]:
    return check(text, catalog, on, chosen)


def of_rule(catalog: Catalog, text: str, rule: str) -> list[str]:
    return [text[f.start : f.end] for f in found(catalog, text) if f.rule == rule]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES)
def test_the_rules(catalog: Catalog, rule: str, text: str, expected: list[str]) -> None:
    assert of_rule(catalog, text, rule) == expected


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases_for_and_against(rule: str) -> None:
    expected = [case[2] for case in CASES if case[0] == rule]
    assert sum(map(bool, expected)) >= 2
    assert sum(not texts for texts in expected) >= 2


def test_findings_are_in_the_order_of_their_places(catalog: Catalog) -> None:
    places = [(f.start, f.end) for f in found(catalog, "Dx: G63, M54.5, m54.50, Z99.999, G35")]
    assert places == sorted(places)
    assert len(places) > 4


def test_a_conflict_names_the_note_its_level_and_the_exception(catalog: Catalog) -> None:
    text = "Dx: M46.46, M53.9"
    [conflict] = [f for f in found(catalog, text) if f.rule == "excludes1-conflict"]
    assert "Excludes1 at block M50-M54: “discitis NOS (M46.4-)”" in conflict.message
    assert "unrelated (Official Guidelines, I.A.12.a)" in conflict.message
    [(start, end, _)] = conflict.related
    assert text[start:end] == "M46.46"


def test_messages_do_not_repeat_the_note(catalog: Catalog) -> None:
    text = (
        "Assessment for Jane Roe:\n1. Roe has right knee pain M25.562\n2. Zebra M54.5 # icdlens: ignore roe"
    )
    assert len(found(catalog, text)) >= 3
    for finding in found(catalog, text):
        said = " ".join((finding.message, *(fix.title for fix in finding.fixes)))
        assert not any(word in said for word in ("Jane", "Roe", "Zebra", "roe"))


# Settings


def test_a_rule_can_be_switched_off_and_changed(catalog: Catalog) -> None:
    text = "Dx: M54.5, G35"
    chosen = CheckSettings({"not-billable": Severity.ERROR})
    assert {f.severity for f in found(catalog, text)} == {Severity.WARNING}
    assert {f.severity for f in found(catalog, text, chosen=chosen)} == {Severity.ERROR}
    assert found(catalog, text, chosen=CheckSettings({"not-billable": None})) == ()


# Dates


@pytest.mark.parametrize(
    "text",
    [
        "DOS: 2021-09-30\nM54.5",
        "Date of service: 09/30/2021\nM54.5",
        "---\ntitle: visit\ndate_of_service: 2021-09-30\n---\nM54.5",
        '---\ndos: "2021-09-30"\n---\nM54.5',
        "M54.5 seen, DOS 2021-09-30",
        "DOS: September 30, 2021\nM54.5",
        "DOS: Sept. 30th 2021\nM54.5",
        "DOS: 30 Sep 2021\nM54.5",
        "DOS: 30-SEP-2021\nM54.5",
        "DOS: 9/30/21\nM54.5",
        "**DOS:** 09-30-2021\nM54.5",
        "DOS: 2021/09/30\nM54.5",
        "DOS: 20210930\nM54.5",
        "DOS: 09/30/2021-10/02/2021\nM54.5",
    ],
)
def test_the_date_of_service_that_a_note_states_counts(catalog: Catalog, text: str) -> None:
    assert service_date(text, IN_FY2026) == date(2021, 9, 30)
    assert of_rule(catalog, text, "not-billable") == []
    asked = CheckSettings(reads_dates=False)
    assert [f.rule for f in found(catalog, text, chosen=asked)] == ["not-billable"]


def test_each_visit_has_its_date(catalog: Catalog) -> None:
    text = "DOS: 2021-09-30\n- M54.5\nDOS: 2021-10-01\n- M54.5\n"
    assert [f.start for f in found(catalog, text)] == [text.rindex("M54.5")]


def test_without_a_stated_date_the_default_counts() -> None:
    assert service_date("no date, DOS 2021-13-01", IN_FY2026) == IN_FY2026


# Comments


@pytest.mark.parametrize(
    "text",
    [
        "M54.5 low back pain  # icdlens: ignore not-billable",
        "# icdlens: ignore not-billable\nM54.5 low back pain",
        "<!-- icdlens: ignore not-billable -->\r\nM54.5 low back pain",
        "{# icdlens: ignore retired, not-billable #}\nM54.5 low back pain",
        "M54.5 low back pain  // icdlens: ignore",
        "/* icdlens: ignore */\nM54.5 low back pain",
        "M54.5 low back pain\n\n\n-- icdlens: ignore-file not-billable",
        "icdlens: ignore-file\n\n\nM54.5 low back pain",
        "M54.5 low back pain <!-- ICDLENS: ignore NOT-BILLABLE until the template is new -->",
    ],
)
def test_a_comment_silences(catalog: Catalog, text: str) -> None:
    assert found(catalog, text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "M54.5 low back pain  # icdlens: ignore retired",
        "# icdlens: ignore not-billable\n\nM54.5 low back pain",
        "I10 htn # icdlens: ignore not-billable\nM54.5 low back pain",
        "M54.5 low back pain\n# icdlens: ignore not-billable",
        "M54.5 low back pain # icdlens ignore not-billable",
        "M54.5 low back pain # icdlens: ignored not-billable",
    ],
)
def test_a_comment_silences_nothing_else(catalog: Catalog, text: str) -> None:
    assert of_rule(catalog, text, "not-billable") == ["M54.5"]


# Fixes


def applied(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda e: -e.start):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def fixed(catalog: Catalog, text: str, rule: str) -> list[str]:
    return [applied(text, fix) for f in found(catalog, text) if f.rule == rule for fix in f.fixes]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("code-format", "Dx: m5450!", ["Dx: M54.50!"]),
        ("unknown-code", "dx M54 .50", ["dx M54.50"]),
        ("seventh-character", "Dx: W21.89A", ["Dx: W21.89XA"]),
        ("seventh-character", "Dx: W21.89", ["Dx: W21.89XA", "Dx: W21.89XD", "Dx: W21.89XS"]),
        ("not-billable", "x M54.5", ["x M54.50", "x M54.51", "x M54.59"]),
        ("not-billable", "HI*ABK:M545~", ["HI*ABK:M5450~", "HI*ABK:M5451~", "HI*ABK:M5459~"]),
        ("not-yet-valid", "DOS: 2021-09-30 M54.50", ["DOS: 2021-09-30 M54.5"]),
        ("laterality-unspecified", "Dx: M25.569", ["Dx: M25.561", "Dx: M25.562"]),
        ("duplicate", "- I10\r\n- E11.9\r\n- I10\r\nend", ["- I10\r\n- E11.9\r\nend"]),
        ("duplicate", "- I10\n- E11.9\n- I10", ["- I10\n- E11.9"]),
        ("duplicate", "- I10 HTN\n- I10 still HTN", []),
        ("title-mismatch", "Right knee pain M25.562", ["Pain in left knee M25.562"]),
        # The default codes: J17 is a manifestation, E03 a heading, and M10.0 says more than the words.
        (
            "title-mismatch",
            "Dx: pneumonia N39.0",
            ["Dx: Urinary tract infection, site not specified N39.0", "Dx: pneumonia J18.9"],
        ),
        (
            "title-mismatch",
            "Hypothyroidism - E87.5",
            ["Hyperkalemia - E87.5", "Hypothyroidism - E03.9"],
        ),
        ("title-mismatch", "Gout - E87.5", ["Hyperkalemia - E87.5", "Gout - M10.9"]),
        (
            "title-mismatch",
            "I10 - Hyperlipidemia",
            ["I10 - Essential (primary) hypertension", "E78.5 - Hyperlipidemia"],
        ),
        (
            "retired",
            "Dx: T81.4XXA",
            [f"Dx: T81.4{digit}XA" for digit in "012349"],
        ),
    ],
)
def test_the_fixes(catalog: Catalog, rule: str, text: str, expected: list[str]) -> None:
    assert fixed(catalog, text, rule) == expected


def test_one_fix_at_most_is_preferred_and_a_choice_has_none(catalog: Catalog) -> None:
    for _, text, _ in CASES:
        for finding in found(catalog, text):
            preferred = [fix for fix in finding.fixes if fix.is_preferred]
            assert len(preferred) <= 1
            assert not (preferred and len(finding.fixes) > 1)


def test_there_are_at_most_20_fixes(catalog: Catalog) -> None:
    assert all(len(f.fixes) <= 20 for f in found(catalog, "Dx: E11, S72, S72.0, V10, C34, M84"))


@pytest.mark.parametrize("text", dict.fromkeys(case[1] for case in CASES if case[2]))
def test_a_fix_removes_its_finding_and_brings_no_error(catalog: Catalog, text: str) -> None:
    before = found(catalog, text)
    errors = sum(f.severity is Severity.ERROR for f in before)
    for finding in before:
        same = sum((f.rule, f.code) == (finding.rule, finding.code) for f in before)
        for fix in finding.fixes[:6]:
            after = found(catalog, applied(text, fix))
            left = sum((f.rule, f.code) == (finding.rule, finding.code) for f in after)
            assert left < same, (finding, fix)
            assert sum(f.severity is Severity.ERROR for f in after) <= errors, (finding, fix)


# Notes, and any text


@needs_notes
@pytest.mark.parametrize("on", [date(2021, 3, 4), IN_FY2026, date(2026, 11, 22)])
def test_nothing_is_found_in_the_aci_bench_notes(catalog: Catalog, on: date) -> None:
    notes = sorted((_NOTES / "aci-bench").glob("*.txt"))
    assert len(notes) == 10
    for path in notes:
        assert found(catalog, path.read_text(encoding="utf-8"), on) == (), path.name


@needs_notes
@pytest.mark.parametrize("folder", ["fhir-converter-samples", "hl7-c-cda-examples"])
def test_in_messages_and_documents_findings_are_about_real_codes(catalog: Catalog, folder: str) -> None:
    for path in sorted((_NOTES / folder).iterdir()):
        text = path.read_text(encoding="utf-8", errors="replace")
        codes = {(m.start, m.end) for m in recognise(text, catalog, IN_FY2026) if m.is_reportable}
        for finding in found(catalog, text):
            assert (finding.start, finding.end) in codes
            assert finding.rule in ("not-billable", "unspecified-with-specific-sibling"), (path.name, finding)


@needs_notes
def test_what_broke_in_the_authored_notes(catalog: Catalog) -> None:
    text = (_NOTES / "authored" / "03-discharge-summary.md").read_text(encoding="utf-8")
    broken = [f.code.text for f in found(catalog, text) if f.rule == "not-billable" and f.code]
    assert broken == ["N18.3", "I48.2", "G35"]
    assert {f.rule for f in found(catalog, text)} == {"not-billable", "unspecified-with-specific-sibling"}


_PARTS = st.sampled_from(
    (
        *("M54.5", "e10.9", "E11.9", "S72.001", "Z99.999", "G63", "I10", "right knee", "type 1 diabetes"),
        *("HI*ABK:", "DG1|1||", "~", "^", "|", "<c code='", "codeSystem='2.16.840.1.113883.6.90'", ">"),
        *("Dx: ", ", ", " (", ")", "[ ] ", "- ", "1. ", "DOS: 2021-01-02", '"', "{#"),
        *("icdlens: ignore ", "ignore-file", "\n", "\r\n", "\t", "\f", "\0", "\ufeff", "\U0001fa7a"),
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(_PARTS | st.text(max_size=6), max_size=30).map("".join))
def test_any_text_is_checked(catalog: Catalog, text: str) -> None:
    for finding in found(catalog, text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.message
        for fix in finding.fixes:
            for edit in fix.edits:
                assert 0 <= edit.start <= edit.end <= len(text)
                assert text[edit.start : edit.end] != edit.new

"""Verdicts that people gave to lines, beside the recogniser's.

``judged_lines.tsv`` is ours; further lines and notes are judged elsewhere and read where they are.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.recogniser.mention import REPORTABLE, Mention, Verdict
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates
from tests.conftest import IN_FY2026

_OURS = Path(__file__).with_name("judged_lines.tsv")
_IN_SURROUNDINGS = Path(__file__).with_name("judged_surroundings.tsv")
_BESIDE = Path(__file__).resolve().parents[3] / "shared"
_HAZARDS = _BESIDE / "recogniser" / "hazards.tsv"
_NOTES = _BESIDE / "notes"

_without_hazards = pytest.mark.skipif(not _HAZARDS.is_file(), reason=f"no judged lines in {_HAZARDS}")
_without_notes = pytest.mark.skipif(not _NOTES.is_dir(), reason=f"no notes in {_NOTES}")


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, the part of it that was judged, and what was said of that."""

    text: str
    start: int
    end: int
    verdict: str
    code: str | None = None


def mentions(catalog: Catalog, text: str) -> tuple[Mention, ...]:
    return recognise(text, catalog, IN_FY2026, stated=stated_dates(text))


def wrong(catalog: Catalog, judged: Judged) -> str | None:
    """What is wrong with the recogniser's answer; ``None`` for a right one."""
    found = [m for m in mentions(catalog, judged.text) if m.verdict is not Verdict.IGNORE]
    exact = [m for m in found if (m.start, m.end) == (judged.start, judged.end)]
    touching = [m for m in found if m.start < judged.end and judged.start < m.end]
    answer = exact[0].verdict.value if exact else "another span" if touching else "IGNORE"
    if answer != judged.verdict:
        return f"{judged.text!r}: {answer}, not {judged.verdict}"
    if judged.code and exact and exact[0].names != judged.code:
        return f"{judged.text!r}: {exact[0].names}, not {judged.code}"
    return None


def judged_lines(path: Path) -> Iterator[Judged]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        _kind, marked, verdict, code = (*line.split("\t"), "")[:4]
        marked = marked.replace("\\n", "\n").replace("\\t", "\t")
        start, end = marked.index("«"), marked.index("»") - 1
        yield Judged(marked.replace("«", "").replace("»", ""), start, end, verdict, code)


def test_our_lines(catalog: Catalog) -> None:
    lines = list(judged_lines(_OURS))
    assert len(lines) >= 300
    assert {line.verdict for line in lines} == {verdict.value for verdict in Verdict}
    assert [answer for line in lines if (answer := wrong(catalog, line))] == []


def test_our_lines_in_difficult_surroundings(catalog: Catalog) -> None:
    lines = list(judged_lines(_IN_SURROUNDINGS))
    codes = [line for line in lines if Verdict(line.verdict) in REPORTABLE]
    assert len(lines) >= 240
    assert len(codes) >= len(lines) // 2
    assert [answer for line in lines if (answer := wrong(catalog, line))] == []


@_without_hazards
def test_lines_of_others(catalog: Catalog) -> None:
    lines = []
    with _HAZARDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            start = row["text"].index(row["token"])
            lines.append(Judged(row["text"], start, start + len(row["token"]), row["expected_verdict"]))
    failed = [answer for line in lines if (answer := wrong(catalog, line))]
    assert len(failed) <= len(lines) // 20, failed


@_without_notes
def test_spans_of_notes(catalog: Catalog) -> None:
    gold: dict[str, dict[tuple[int, int], str]] = {}
    with (_NOTES / "authored" / "gold.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            lines = (_NOTES / "authored" / row["file"]).read_text(encoding="utf-8").split("\n")
            offset = sum(len(line) + 1 for line in lines[: int(row["line"]) - 1])
            span = (offset + int(row["start"]), offset + int(row["end"]))
            gold.setdefault(row["file"], {})[span] = row["verdict"]
    for name, judged in gold.items():
        found = mentions(catalog, (_NOTES / "authored" / name).read_text(encoding="utf-8"))
        answers = {(m.start, m.end): m.verdict.value for m in found}
        assert {span: answers.get(span) for span in judged} == judged
        reported = {(m.start, m.end): m.written for m in found if m.is_reportable}
        assert {span: text for span, text in reported.items() if span not in judged} == {}


@_without_notes
def test_nothing_is_reported_in_notes_without_codes(catalog: Catalog) -> None:
    for path in sorted((_NOTES / "aci-bench").glob("*.txt")):
        assert [m for m in mentions(catalog, path.read_text(encoding="utf-8")) if m.is_reportable] == []


_IN_FILES = {
    "fhir-converter-samples/*.hl7": {"I21", "K63.3", "E10.9", "S06.9"},
    "fhir-converter-samples/*.ccda": {"I25.1", "E11.9", "I10", "I21.3", "Z00.8", "Z71.3"},
    "hl7-c-cda-examples/*.xml": {
        *("Z71.3", "M26.11", "M26.213", "Z3A.10", "E08.22", "K37", "J02.9", "Z59.1", "Z59.48"),
    },
}


@_without_notes
@pytest.mark.parametrize(("pattern", "codes"), _IN_FILES.items(), ids=_IN_FILES)
def test_only_the_real_codes_of_coded_files(catalog: Catalog, pattern: str, codes: set[str]) -> None:
    found = {
        mention.names
        for path in sorted(_NOTES.glob(pattern))
        for mention in mentions(catalog, path.read_text(encoding="utf-8"))
        if mention.is_reportable
    }
    assert found == codes

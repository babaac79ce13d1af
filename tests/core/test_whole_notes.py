"""Realistic notes with known faults, and much that is none: vital signs, vertebrae, claims."""

from pathlib import Path

import pytest

from core.catalog import Catalog
from core.findings.check import check
from core.findings.finding import Severity
from core.recogniser.document import LINE_END
from tests.conftest import IN_FY2026

_FOLDER = Path(__file__).with_name("whole_notes")
_EXPECTED = [
    line.split("\t")
    for line in (_FOLDER / "findings.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
_NOTES = sorted(path.name for path in _FOLDER.iterdir() if path.name[:2].isdecimal())


@pytest.mark.parametrize("name", _NOTES)
def test_the_findings_are_what_a_coder_would_remark_on(catalog: Catalog, name: str) -> None:
    text = (_FOLDER / name).read_bytes().decode()  # as it is: segments of HL7 end with a carriage return
    found = [f for f in check(text, catalog, IN_FY2026) if f.severity is not Severity.HINT]
    lines = [len(LINE_END.findall(text, 0, f.start)) + 1 for f in found]
    answers = [[name, str(line), text[f.start : f.end], f.rule] for line, f in zip(lines, found, strict=True)]
    assert answers == [row for row in _EXPECTED if row[0] == name]


def test_each_expectation_is_of_a_note() -> None:
    assert {row[0] for row in _EXPECTED} <= set(_NOTES)
    assert len(_NOTES) == 15

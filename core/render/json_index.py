"""An answer of the printed Index as JSON-ready data, with the keys that ``docs/json.md`` describes."""

from collections.abc import Sequence
from typing import Any

from core.index_answer import AnsweredLine, Detail, IndexAnswer, LineCode, Question
from core.index_lines import LineTarget
from core.index_parts import IndexPart
from core.release import Release

SCHEMA = 1


def answer_to_dict(answer: IndexAnswer, question: Question, release: Release) -> dict[str, Any]:
    """An answer as JSON-ready data."""
    loaded = {part.part for part in answer.parts}
    return {
        "schema": SCHEMA,
        "found": bool(answer.details),
        "asked": question.words.encode(errors="replace").decode(),
        "release": release.name,
        "as_of": str(question.on),
        "parts": [
            {
                "part": part.part.key,
                "name": part.part.title,
                "fiscal_year": part.fiscal_year,
                "lines": part.lines,
                "main_terms": part.main_terms,
                "columns": list(part.columns),
                "source": part.source.key,
            }
            for part in answer.parts
        ],
        "missing": [part.key for part in IndexPart if part not in loaded],
        "read_as": [{"written": written, "read": read} for written, read in answer.read_as],
        "left_out": list(answer.left_out),
        "lines": [_detail(detail) for detail in answer.details],
        "elsewhere": [_line(line) for line in answer.others],
        "lines_found": answer.found,
    }


def _detail(detail: Detail) -> dict[str, Any]:
    return {
        **_line(detail.answered),
        "below": [_line(line) for line in detail.below],
        "below_left_out": detail.left_out,
        "followed": [_detail(followed) for followed in detail.followed],
    }


def _line(answered: AnsweredLine) -> dict[str, Any]:
    line = answered.line
    return {
        "part": line.part.part.key,
        "fiscal_year": line.part.fiscal_year,
        "path": list(line.path),
        "nonessential_modifiers": list(line.modifiers),
        "codes": [_code(code) for code in answered.codes],
        "manifestation": _code(answered.manifestation) if answered.manifestation else None,
        "see": line.see,
        "see_leads_to": _targets(answered.see),
        "see_also": line.see_also,
        "see_also_leads_to": _targets(answered.see_also),
        "lines_below": line.below,
        "source": line.part.source.key,
    }


def _targets(targets: Sequence[LineTarget]) -> list[dict[str, Any]]:
    return [
        {
            "part": target.part.part.key,
            "path": list(target.line.path) if target.line else None,
            "column": target.part.columns[target.column] if target.column is not None else None,
        }
        for target in targets
    ]


def _code(code: LineCode) -> dict[str, Any]:
    return {
        "column": code.column,
        "printed": code.printed.text if code.printed else None,
        "code": code.printed.code.text if code.printed else None,
        "title": code.title,
        "standing": code.standing.value if code.standing else None,
        "billable": code.billable,
        "completed_by": [completed.text for completed in code.completed_by],
        "completions": code.completions,
    }

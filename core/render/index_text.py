"""An answer of the printed Index as lines of text, the same on every surface."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from core.alphabetic_index import PrintedCode
from core.code import Code
from core.index_answer import AnsweredLine, Detail, IndexAnswer, LineCode
from core.index_lines import IndexLine, LineTarget, LoadedPart
from core.lives import Standing

_INDENT = "  "


class IndexRole(Enum):
    """What a line of text is, for surfaces with colours."""

    PART = auto()
    TERM = auto()
    PLAIN = auto()
    ASIDE = auto()


@dataclass(frozen=True, slots=True)
class IndexText:
    """A line of text."""

    text: str
    role: IndexRole = IndexRole.PLAIN


def index_text(answer: IndexAnswer) -> Iterator[IndexText]:
    """The lines of an answer: each part's best line with what is under it, then where else the words are."""
    for written, read in answer.read_as:
        yield IndexText(f"{written} → {read}", IndexRole.ASIDE)
    if answer.left_out and answer.details:
        yield IndexText(f"Without: {', '.join(answer.left_out)}", IndexRole.ASIDE)
    for detail in answer.details:
        yield from _detail(detail)
    if answer.others:
        yield IndexText("Elsewhere", IndexRole.PART)
        for other in answer.others:
            of = "" if other.line.part in _parts(answer)[:1] else f"{named(other.line.part)}: "
            yield IndexText(f"{of}{other.line.text}{_said(other, codes=_in_line(other))}")
    if more := answer.found - len(answer.details) - len(answer.others):
        yield IndexText(f"… {_more_lines(more)} with these words", IndexRole.ASIDE)


def named(part: LoadedPart) -> str:
    """``Table of Neoplasms, FY2026``."""
    return f"{part.part.title}, FY{part.fiscal_year}"


def additions(code: LineCode) -> str:
    """What must be added to a heading, as ``add 0, 1 or 9``; empty where nothing is known to be."""
    if not code.completions or code.printed is None:
        return ""
    if code.completions > len(code.completed_by):
        return f"add one of {code.completions}"
    *others, last = (_suffix(code.printed, completed) for completed in code.completed_by)
    return f"add {', '.join(others)} or {last}" if others else f"add {last}"


def _suffix(printed: PrintedCode, completed: Code) -> str:
    return completed.text.removeprefix(printed.code.text)


def _parts(answer: IndexAnswer) -> list[LoadedPart]:
    return list(dict.fromkeys(detail.answered.line.part for detail in answer.details))


def _more_lines(count: int) -> str:
    return f"{count:,} more line{'s' if count > 1 else ''}"


def _detail(detail: Detail, to: str = "") -> Iterator[IndexText]:
    answered = detail.answered
    line = answered.line
    yield IndexText(f"{to}{named(line.part)}", IndexRole.PART)
    yield IndexText(", ".join((*line.path[:-1], line.term)), IndexRole.TERM)
    yield from (IndexText(_INDENT + text) for text in _codes(answered))
    if answered.manifestation:
        yield IndexText(f"{_INDENT}[{_code(answered.manifestation, with_title=True)}]")
    for word, reference, targets in _references(answered):
        yield IndexText(f"{_INDENT}{word} {reference}")
        leads = [target for target in targets if _differs(target, reference)]
        yield from (IndexText(f"{_INDENT * 2}→ {_target(target, line)}") for target in leads)
    for under in detail.below:
        codes = _in_line(under)
        indent = _INDENT * (1 + len(under.line.path) - len(line.path))
        yield IndexText(f"{indent}{under.line.term}{_said(under, codes=codes)}")
    if detail.left_out:
        yield IndexText(f"{_INDENT}… {_more_lines(detail.left_out)} under it", IndexRole.ASIDE)
    for followed in detail.followed:
        yield from _detail(followed, to="→ ")


def _codes(answered: AnsweredLine) -> Iterator[str]:
    width = max((len(code.column) for code in answered.codes if code.column), default=0)
    for code in answered.codes:
        column = f"{code.column:<{width}}  " if code.column else ""
        yield column + (_code(code, with_title=True) if code.printed else "–")


def _in_line(answered: AnsweredLine) -> str:
    """The codes of a line in a list; a table's are in the order of its columns."""
    if len(answered.codes) > 1:
        return "  ".join(code.printed.text if code.printed else "–" for code in answered.codes)
    return "".join(_code(code) if code.printed else "–" for code in answered.codes)


def _said(answered: AnsweredLine, codes: str) -> str:
    second = (
        f" [{answered.manifestation.printed.text}]"
        if answered.manifestation and answered.manifestation.printed
        else ""
    )
    said = f"  {codes}{second}" if codes else ""
    for word, reference, targets in _references(answered):
        is_clear = len(targets) == 1 and _differs(targets[0], reference)
        leads = f" → {_target(targets[0], answered.line)}" if is_clear else ""
        said += f"; {word} {reference}{leads}" if said else f"  {word} {reference}{leads}"
    return said


def _differs(target: LineTarget, reference: str) -> bool:
    """Whether a target's own words say more than the reference to it."""
    return target.column is not None or target.text.casefold() != reference.casefold()


def _references(answered: AnsweredLine) -> Iterator[tuple[str, str, Sequence[LineTarget]]]:
    if answered.line.see:
        yield "see", answered.line.see, answered.see
    if answered.line.see_also:
        yield "see also", answered.line.see_also, answered.see_also


def _target(target: LineTarget, line: IndexLine) -> str:
    part = f"{named(target.part)}: " if target.part != line.part and target.line else ""
    column = f" ({target.part.columns[target.column]})" if target.column is not None else ""
    return f"{part}{target.text}{column}"


def _code(code: LineCode, *, with_title: bool = False) -> str:
    assert code.printed is not None
    mark = "✓" if code.billable else "·"
    said = [f"{mark} {code.printed.text}"]
    if with_title and code.title:
        said.append(code.title)
    if code.standing is None:
        said.append("(in no year known here)")
    elif code.standing not in (Standing.BILLABLE, Standing.HEADING):
        said.append(f"({code.standing.value.replace('_', ' ')})")
    elif added := additions(code):
        said.append(f"({added})" if with_title else added)
    return "  ".join(said) if with_title else " ".join(said)

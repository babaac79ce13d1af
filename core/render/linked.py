"""Lines of a card cut into runs, some of which are links: to a code, or to an official page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.code import Code
from core.references import find_references
from core.render.outline import Section

#: Says which of some codes exist in any year: ``Catalog.known_among``.
Known = Callable[[set[Code]], set[Code]]

#: Sections whose numbers are of other systems: V28 is an HCC model there, V10.3 an ICD-9-CM code.
_OTHER_SYSTEMS = ("Reimbursement", "ICD-9-CM", "Procedures")
#: A code that a line starts with, or that stands behind a label: ``right: M54.31 Sciatica, right side``.
_LEADING = re.compile(r"(?:[^:()]{1,60}: )?([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)(?= )")
_URL = re.compile(r"https://\S+")


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line. At most one of ``code`` and ``url`` is given."""

    text: str
    code: Code | None = None
    url: str | None = None


def linked_lines(section: Section, own: Code, known: Known) -> tuple[tuple[Run, ...], ...]:
    """The lines of a section as runs.

    Only codes that ``known`` confirms are links; ``own``, the card's code, is none.
    """
    is_other = section.heading.startswith(_OTHER_SYSTEMS)
    texts = [line.text for line in section.lines]
    found = [[] if is_other else _codes(text) for text in texts]
    existing = known({code for spans in found for _, _, code in spans} - {own})
    return tuple(
        tuple(_runs(text, [(start, end, code) for start, end, code in spans if code in existing]))
        for text, spans in zip(texts, found, strict=True)
    )


def _codes(line: str) -> list[tuple[int, int, Code]]:
    """Where a line names codes, from left to right. The ends of a range are two."""
    spans: dict[int, tuple[int, int, Code]] = {}
    if leading := _LEADING.match(line):
        spans[leading.start(1)] = (*leading.span(1), Code(leading[1]))
    for reference in find_references(line):
        for code in (reference.first, reference.last):
            if code is not None:
                start = line.find(code.text, reference.start, reference.end)
                spans[start] = (start, start + len(code.text), code)
    return [spans[start] for start in sorted(spans)]


def _runs(line: str, codes: list[tuple[int, int, Code]]) -> Iterator[Run]:
    links = [(start, end, Run(line[start:end], code=code)) for start, end, code in codes]
    links += [(*match.span(), Run(match.group(), url=match.group())) for match in _URL.finditer(line)]
    done = 0
    for start, end, run in sorted(links, key=lambda link: link[0]):
        if start < done:  # within the link before it
            continue
        if start > done:
            yield Run(line[done:start])
        yield run
        done = end
    if done < len(line):
        yield Run(line[done:])

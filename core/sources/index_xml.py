"""Reader of the Alphabetic Index and the External Cause Index in CDC's XML (schema ``icd10cm-index-*.xsd``).

Letters hold main terms, and these hold terms of the levels 1 to 9. A title is mixed content:
``Abandonment<nemod>(causing exposure)</nemod> NEC``. Both files have the same elements.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.alphabetic_index import AlphabeticIndex, IndexTerm, PrintedCode
from core.code import InvalidCode, shown
from core.sources import SourceError
from core.sources.alphabetic_index import split_title
from core.sources.xml_elements import Element, read_elements, tidy

_ROOT = "ICD10CM.index"
_MAIN_TERM = "mainTerm"
_KNOWN = frozenset("title see seeAlso code seecat subcat manif warning term".split())
_HEAD = frozenset("version title indexHeading letter".split())
_DEEPEST_LEVEL = 9  # of index.xsd
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?(?:\.?-)?")


def read_index_xml(path: Path) -> AlphabeticIndex:
    """Read one edition, whole or not at all. Raises ``SourceError`` with the line."""
    terms: list[IndexTerm] = []
    root: Element | None = None
    for element in read_elements(path, {_MAIN_TERM}):
        if element.tag == _MAIN_TERM:
            terms.extend(_terms(path, element, len(terms), ()))
        else:
            root = element
    assert root is not None
    return AlphabeticIndex(edition(path, root), _none_missing(path, terms))


def edition(path: Path, root: Element) -> int:
    """The fiscal year that a file with the elements of the Index says it is for. Raises ``SourceError``."""
    if root.tag != _ROOT:
        raise SourceError(path, f"this is not an Index but <{root.tag}>", root.line)
    for child in root.children:
        if child.tag not in _HEAD:
            raise SourceError(path, f"unknown element <{child.tag}>", child.line)
    version = root.child("version")
    said = tidy(version.text) if version else ""
    if not re.fullmatch(r"20[0-9]{2}", said):
        raise SourceError(path, "the file does not say which year it is for", root.line)
    return int(said)


def title_of(path: Path, element: Element) -> tuple[str, tuple[str, ...]]:
    """The words of a term, and its nonessential modifiers. Raises ``SourceError`` where there are none."""
    title = element.child("title")
    modifiers = ""
    for child in title.children if title else ():
        if child.tag != "nemod":
            raise SourceError(path, f"unknown element <{child.tag}> in <title>", child.line)
        modifiers += f"{tidy(child.text)}{child.tail}"
    words, groups = split_title(tidy(title.text) if title else "", modifiers)
    if not words:
        raise SourceError(path, f"<{element.tag}> without a title", element.line)
    return words, groups


def check_level(path: Path, element: Element, parents: int) -> None:
    """Check that a term stands where its level says. Raises ``SourceError``."""
    said = element.attributes.get("level", "0")
    if element.tag != (_MAIN_TERM if not parents else "term") or said != str(parents):
        raise SourceError(path, f"<{element.tag}> of level {shown(said)} within {parents}", element.line)
    if parents > _DEEPEST_LEVEL:
        raise SourceError(path, f"a term below level {_DEEPEST_LEVEL}", element.line)


def _none_missing(path: Path, terms: Sequence[IndexTerm]) -> tuple[IndexTerm, ...]:
    if not terms:
        raise SourceError(path, "the Index has no term")
    return tuple(terms)


def _terms(path: Path, element: Element, number: int, upward: tuple[IndexTerm, ...]) -> Iterator[IndexTerm]:
    """A term and those below it; ``number`` is that of the term before, ``upward`` what it stands under."""
    check_level(path, element, len(upward))
    term = _term(path, element, number + 1, upward)
    yield term
    number += 1
    for child in element.children:
        if child.tag == "term":
            for below in _terms(path, child, number, (*upward, term)):
                yield below
                number = below.number


def _term(path: Path, element: Element, number: int, upward: tuple[IndexTerm, ...]) -> IndexTerm:
    for child in element.children:
        if child.tag not in _KNOWN:
            raise SourceError(path, f"unknown element <{child.tag}>", child.line)
    words, modifiers = title_of(path, element)
    above = upward[-1] if upward else None
    category = _text(element, "seecat")
    return IndexTerm(
        number=number,
        parent=above.number if above else None,
        path=(*(above.path if above else ()), words),
        modifiers=(*(above.modifiers if above else ()), modifiers),
        code=_code(path, element),
        manifestation=_manifestation(element),
        see=_text(element, "see") or (f"category {category}" if category else None),
        see_also=_text(element, "seeAlso"),
    )


def _text(element: Element, tag: str) -> str | None:
    child = element.child(tag)
    return tidy(child.text) or None if child else None


def _code(path: Path, element: Element) -> PrintedCode | None:
    """The code of a term; of ``subcat``, the code below which more characters are needed."""
    for tag, more in (("code", ""), ("subcat", "-")):
        child = element.child(tag)
        written = tidy(child.text) if child else ""
        if child is None or not written:
            continue
        try:
            return PrintedCode.parse(written if written.endswith("-") else written + more)
        except InvalidCode as error:
            raise SourceError(path, str(error).rstrip("."), child.line) from error
    return None


def _manifestation(element: Element) -> PrintedCode | None:
    """The second code; the Index prints it in brackets, and some editions keep them."""
    found = _CODE.fullmatch((_text(element, "manif") or "").strip("[] "))
    return PrintedCode.parse(found[0]) if found else None

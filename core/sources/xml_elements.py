"""Reading CDC's XML: elements that remember their line, parsed as a stream and safe against hostile files.

A document type is refused, and with it every entity: no official file has one, and entities could expand
without end. Size, depth and the length of a text are limited, far above what the official files have.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.sources import SourceError

if TYPE_CHECKING:
    from defusedxml.ElementTree import DefusedXMLParser

_CHUNK = 1 << 20
# The largest official file has some 20 MB, a tree of 14 levels, and texts of 2,000 characters.
_LARGEST = 128 << 20
_DEEPEST = 64
_LONGEST_TEXT = 64 << 10


@dataclass(slots=True)
class Element:
    """An XML element. ``text`` stands before its first child, ``tail`` behind the element itself."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    tail: str = ""
    children: list["Element"] = field(default_factory=list)

    def child(self, tag: str) -> "Element | None":
        """The first child with a tag."""
        return next((child for child in self.children if child.tag == tag), None)


def read_root(path: Path) -> Element:
    """The whole file as one tree. Raises ``SourceError`` with the line of what is wrong."""
    *_, root = read_elements(path, ())
    return root


def read_elements(path: Path, tags: Container[str]) -> Iterator[Element]:
    """The elements with some tags as soon as each has ended, then the root, without those elements.

    So a file of any length is read with the memory of one of them. Raises ``SourceError`` with the line of
    what is wrong, at the latest behind the last element.
    """
    # Look-ups import the readers' types and never parse, so they need not load the parser.
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    target = _Target(path, tags)
    target.parser = DefusedXMLParser(target=target, forbid_dtd=True)
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > _LARGEST:
                    raise SourceError(path, f"it is larger than {_LARGEST >> 20} MB")
                target.parser.feed(chunk)
                yield from target.taken()
        root = target.parser.close()
    except ParseError as error:
        raise SourceError(path, f"not well-formed XML ({error.msg})", error.position[0]) from error
    except DefusedXmlException as error:
        raise SourceError(path, "a document type or entity is not allowed") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or not for XML
        raise SourceError(path, f"not well-formed XML ({error})", 1) from error
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error
    yield from target.taken()
    if root is None:
        raise SourceError(path, "the file is empty")
    assert isinstance(root, Element)
    yield root


class _Target:
    """Builds the elements; ``parser`` is set after construction."""

    def __init__(self, path: Path, tags: Container[str]) -> None:
        self.parser: DefusedXMLParser
        self._path = path
        self._tags = tags
        self._open: list[Element] = []
        self._root: Element | None = None
        self._taken: list[Element] = []
        self._last: Element | None = None  # which a text stands behind
        self._within = 0  # how many open elements have one of the tags

    def taken(self) -> list[Element]:
        taken, self._taken = self._taken, []
        return taken

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, self.parser.parser.CurrentLineNumber)
        if len(self._open) == _DEEPEST:
            raise SourceError(self._path, f"elements within {_DEEPEST} others", element.line)
        if tag in self._tags:
            self._within += 1
        if not self._open:
            self._root = element
        elif tag not in self._tags or self._within > 1:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._last = None

    def end(self, _tag: str) -> None:
        element = self._last = self._open.pop()
        if element.tag in self._tags:
            self._within -= 1
            if not self._within:
                self._taken.append(element)

    def data(self, text: str) -> None:
        if self._last is not None:
            text = self._last.tail = self._last.tail + text
        else:
            text = self._open[-1].text = self._open[-1].text + text
        if len(text) > _LONGEST_TEXT:
            line = self.parser.parser.CurrentLineNumber
            raise SourceError(self._path, f"a text longer than {_LONGEST_TEXT >> 10} KB", line)

    def close(self) -> Element | None:
        return self._root


def tidy(text: str) -> str:
    """Collapse the blanks, tabs and line breaks that a file's layout brings."""
    return " ".join(text.split())

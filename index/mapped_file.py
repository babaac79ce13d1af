"""A file of flat sections that is mapped into memory: it opens in milliseconds, whatever its size.

A line of JSON gives each section's name, type, offset and length; then the sections follow.
"""

import json
import mmap
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.postings import IndexUnavailable

_ALIGNMENT = 8


class MappedFile:
    """Sections by their names. Raises ``IndexUnavailable`` where the file is missing or damaged."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._sections: Mapping[str, Sequence[Any]] = json.loads(file.readline())
                self._start = file.tell()
                self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise _unavailable(path) from error
        self._path = path
        self._views = [memoryview(self._file)]

    def close(self) -> None:
        """Let go of the file. Nothing can be read any more."""
        while self._views:
            self._views.pop().release()  # the parts before the whole that they are of
        self._file.close()

    def array(self, name: str) -> memoryview:
        """A section of numbers."""
        section = self.bytes(name)
        try:
            view = section.cast(self._sections[name][0])
        except (ValueError, TypeError) as error:
            raise _unavailable(self._path) from error
        self._views.append(view)
        return view

    def lists(self, name: str) -> "Lists":
        """A section of lists of numbers, which ``lists`` made."""
        return Lists(self.array(name), self.array(f"{name}_start"))

    def keyed(self, name: str) -> "KeyedLists":
        """A section of lists of numbers by a text, which ``keyed`` made."""
        return KeyedLists(self, name)

    def lines(self, name: str) -> list[str]:
        """A section of texts without line ends."""
        text = str(self.bytes(name), "utf-8")
        return text.split("\n") if text else []

    def bytes(self, name: str) -> memoryview:
        """A section as it is stored."""
        try:
            _, offset, length = self._sections[name]
            section = self._views[0][self._start + offset : self._start + offset + length]
        except (KeyError, TypeError, ValueError) as error:
            raise _unavailable(self._path) from error
        self._views.append(section)
        if len(section) != length:
            raise _unavailable(self._path)
        return section


class Lists:
    """Lists of numbers in one array."""

    def __init__(self, values: memoryview, starts: memoryview) -> None:
        self._values = values
        self._starts = starts

    def __getitem__(self, number: int) -> list[int]:
        return self._values[self._starts[number] : self._starts[number + 1]].tolist()

    def length(self, number: int) -> int:
        """The length of a list."""
        return int(self._starts[number + 1] - self._starts[number])


class KeyedLists:
    """Lists of numbers, each by a text; the texts are read when the first is asked for."""

    def __init__(self, file: MappedFile, name: str) -> None:
        self._file = file
        self._name = name
        self._lists = file.lists(name)

    @cached_property
    def keys(self) -> dict[str, int]:
        """The texts, each with its list's number."""
        return {key: number for number, key in enumerate(self._file.lines(f"{self._name}_key"))}

    def get(self, key: str) -> list[int]:
        """A text's list; empty where it has none."""
        number = self.keys.get(key)
        return [] if number is None else self._lists[number]


def keyed(name: str, groups: "Mapping[str, Sequence[int]]") -> "dict[str, array[Any] | bytes]":
    """Lists of numbers by a text, as sections."""
    keys = sorted(groups)
    return {f"{name}_key": lines(keys), **lists(name, [groups[key] for key in keys])}


def lists(name: str, found: Sequence[Sequence[int]]) -> "dict[str, array[Any] | bytes]":
    """Lists of numbers as two sections: one array, and where each list starts."""
    joined = numbers(value for values in found for value in values)
    return {name: joined, f"{name}_start": array("I", starts(map(len, found)))}


def numbers(values: Iterable[int]) -> "array[Any]":
    """Numbers as a section that takes no more room than the largest of them needs."""
    found = array("I", values)
    return array("H", found) if max(found, default=0) < 1 << 16 else found


def starts(lengths: Iterable[int]) -> list[int]:
    """Where each of several parts starts, and where the last one ends."""
    found = [0]
    for length in lengths:
        found.append(found[-1] + length)
    return found


def lines(texts: Iterable[str]) -> bytes:
    """Texts without line ends as a section."""
    return "\n".join(texts).encode()


def write_mapped(path: Path, sections: "Mapping[str, array[Any] | bytes]") -> None:
    """Write a new file; it must not exist."""
    blobs = {n: s.tobytes() if isinstance(s, array) else s for n, s in sections.items()}
    described: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, section in sections.items():
        described[name] = (section.typecode if isinstance(section, array) else "B", offset, len(blobs[name]))
        offset += len(blobs[name]) + -len(blobs[name]) % _ALIGNMENT
    header = json.dumps(described).encode()
    header += b" " * (-(len(header) + 1) % _ALIGNMENT) + b"\n"
    with path.open("xb") as file:
        file.write(header)
        for blob in blobs.values():
            file.write(blob + bytes(-len(blob) % _ALIGNMENT))


def _unavailable(path: Path) -> IndexUnavailable:
    return IndexUnavailable(f"The index {path} cannot be read; mend it with: icdlens build --force")

"""The files that ``icdlens check`` reads: found in folders, and left out where they are no text."""

import codecs
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import IcdlensError

#: Folders that hold no notes: of version control, of environments and packages, of caches.
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "CVS", "site-packages"})
_BINARY_SUFFIXES = frozenset(
    ".7z .a .avi .bin .bmp .bz2 .class .db .dcm .dll .doc .docx .dylib .eot .exe .gif .gz .ico .jar "
    ".jpeg .jpg .mov .mp3 .mp4 .o .odt .otf .parquet .pdf .pickle .png .ppt .pptx .pyc .pyo .rar .so "
    ".sqlite .svg .svgz .tar .tgz .tif .tiff .ttf .vsix .wasm .wav .webm .webp .whl .woff .woff2 .xls "
    ".xlsx .xz .zip .zst".split()
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class NotText(IcdlensError):
    """A file cannot be read as text; the message says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file to check; ``is_named`` says that the user named it, so nothing about its name skips it."""

    path: Path
    is_named: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The files of some paths, and the folders that cannot be listed, each with the reason."""

    files: tuple[NoteFile, ...]
    unreadable: tuple[tuple[str, str], ...]


def find_notes(paths: Iterable[Path]) -> Found:
    """The files of some paths, each once, folders in the order of their names.

    Hidden files, those whose suffix says that they are no text, and folders of tools are left out. Links
    to folders are not followed, but where the user named one; so a walk ends.
    """
    files: dict[Path, NoteFile] = {}
    errors: list[OSError] = []
    for path in paths:
        if not path.is_dir():
            files[path] = NoteFile(path, is_named=True)
        else:
            for file in _walk(path, errors):
                files.setdefault(file, NoteFile(file, is_named=False))
    reasons = ((str(error.filename), error.strerror or "it cannot be read") for error in errors)
    return Found(tuple(files.values()), tuple(reasons))


def _walk(folder: Path, errors: list[OSError]) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() not in _BINARY_SUFFIXES:
                yield Path(parent, name)


def read_note(path: Path, largest: int) -> str:
    """The text of a file of at most ``largest`` bytes. Raises ``NotText``."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise NotText("it is no regular file")
        if about.st_size > largest:
            raise too_large(largest)
        data = path.read_bytes()
    except OSError as error:
        raise NotText(error.strerror or "it cannot be read") from error
    return decoded(data)


def too_large(largest: int) -> NotText:
    """The reason for which a text is skipped that is larger than allowed."""
    return NotText(f"it is larger than {largest / 1_000_000:g} MB; see --max-size")


def decoded(data: bytes) -> str:
    """The text of a file's bytes: UTF-8, UTF-16 with its mark, else Windows-1252. Raises ``NotText``."""
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise NotText("it is marked as UTF-16, and is not") from error
    if b"\0" in data:
        raise NotText("it is binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise NotText("it is neither UTF-8 nor Windows-1252") from error
    if not _looks_like_text(text):
        raise NotText("it is binary, or in an encoding that is not known")
    return text


def _looks_like_text(text: str) -> bool:
    """Whether a text read as Windows-1252 is one: any bytes nearly are, so most must be plain letters."""
    if _CONTROL.search(text):
        return False
    plain = sum(c.isascii() for c in text)
    return plain >= 0.7 * len(text)

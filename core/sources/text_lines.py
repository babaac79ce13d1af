"""Lines of the official text files, which have LF or CRLF at their ends."""

from collections.abc import Iterator
from pathlib import Path

from core.sources import SourceError

_LONGEST = 2000  # bytes; the longest line of the order file has some 300


def read_lines(path: Path, *, or_windows: bool = False) -> Iterator[tuple[int, str]]:
    """The lines without their ends, with their numbers, as they are read. Raises ``SourceError``.

    They are UTF-8; with ``or_windows`` a line that is not is taken for Windows-1252.
    """
    try:
        with path.open("rb") as file:
            line = 0
            while data := file.readline(_LONGEST + 1):
                line += 1
                if len(data) > _LONGEST:
                    raise SourceError(path, f"longer than {_LONGEST} bytes", line)
                yield line, _decoded(path, line, data, or_windows=or_windows).rstrip("\r\n")
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error


def _decoded(path: Path, line: int, data: bytes, *, or_windows: bool) -> str:
    try:
        return data.decode("utf-8-sig" if line == 1 else "utf-8")
    except UnicodeDecodeError as error:
        if or_windows:
            return data.decode("cp1252", errors="replace")
        raise SourceError(path, f"not UTF-8 text ({error.reason} at byte {error.start + 1})", line) from error

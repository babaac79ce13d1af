"""Reader of the code list (``code-list-*.txt``): one identifier a line, chapters, blocks and codes mixed.

39 block identifiers equal a category (B20, C50, QA0 …) and stand in the list twice; what is wanted
from it is the set of codes, so the block's line and the category's count once.
"""

import re
from pathlib import Path

from core.code import Code, dotted
from core.sources import SourceError

_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_CHAPTER = re.compile(r"[0-9]{1,2}")
_BLOCK = re.compile(r"[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}")


def read_code_list(path: Path) -> tuple[Code, ...]:
    """All codes and headings of a release, each once, in the file's order. Raises ``SourceError``."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(path, f"cannot be read ({error})") from error
    codes: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        name = line.strip()
        if _CODE.fullmatch(name):
            codes[name] = None
        elif name and not (_CHAPTER.fullmatch(name) or _BLOCK.fullmatch(name)):
            raise SourceError(path, f"{name[:40]!r} is no chapter, block or code", number)
    if not codes:
        raise SourceError(path, "the list holds no code")
    return tuple(Code(dotted(name)) for name in codes)

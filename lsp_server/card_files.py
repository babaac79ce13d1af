"""Whole cards as files, so that any editor can open one.

They are in a temporary folder of the session's own, which goes when the session ends. A card is official
text: nothing of a note is in it.
"""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from core.code import Code
from core.render.full_outline import full_outline
from core.render.markdown import outline_to_markdown
from index.library import Library


class CardFiles:
    """The cards that were asked for in this session."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._prefix = ""

    def uri(self, library: Library, code: Code, on: date) -> str | None:
        """The file with the card of a code on a date of service; ``None`` for a code that no year knows."""
        path = self._root() / on.isoformat() / f"{code.text}.md"
        if not path.exists():
            text = whole_card(library, code, on)
            if text is None:
                return None
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return path.as_uri()

    def has(self, uri: str) -> bool:
        """Whether a document is one of these files, and so no note."""
        return bool(self._prefix) and uri.startswith(self._prefix)

    def close(self) -> None:
        if self._folder:
            self._folder.cleanup()
            self._folder, self._prefix = None, ""

    def _root(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="icdlens-", ignore_cleanup_errors=True)
            self._prefix = Path(self._folder.name).as_uri() + "/"
        return Path(self._folder.name)


def whole_card(library: Library, code: Code, on: date) -> str | None:
    """A card with every section, as Markdown."""
    full = library.full_card(code, on)
    return outline_to_markdown(full_outline(full)) if full else None

"""The pictures of the README's Slack part: real blocks of the app, drawn as Slack shows them.

``python -m tests.slack_bot.pictures`` draws them anew; a test says when that is due.
"""

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.library import Library
from slack_bot.answer import answer
from slack_bot.explanation import explanation
from slack_bot.limits import Block
from slack_bot.reply import Answer
from tests.conftest import IN_FY2026

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"

_WIDTH = 820
_LEFT = 64
_TEXT = 15
_SMALL = 12.5
_CHARACTER = 0.49  # of a font's size, on average
_STYLE = (
    "text{font-family:Lato,'Helvetica Neue',Arial,sans-serif;fill:#1d1c1d;white-space:pre}"
    ".small{fill:#616061}.bold{font-weight:700}"
)
_BOLD = re.compile(r"\*([^*]+)\*")


def pictures(library: Library) -> dict[str, str]:
    """The pictures by their names."""
    message = "Discharge Dx: M54.5, E11.9, E10.9"
    asked: dict[str, tuple[str, Callable[[], Answer]]] = {
        "slack-card": ("/icd M53.9", lambda: answer(library, "M53.9", IN_FY2026)),
        "slack-search": ("/icd copd billable", lambda: answer(library, "copd billable", IN_FY2026)),
        "slack-explain": (
            f"Explain ICD codes: “{message}”",
            lambda: explanation(library, message, IN_FY2026),
        ),
    }
    return {name: svg(title, ask().blocks) for name, (title, ask) in asked.items()}


def svg(asked: str, blocks: Sequence[Block]) -> str:
    """Blocks as a message that only the asker sees."""
    drawn = _Drawing()
    drawn.text(f"*{asked}*", _TEXT)
    drawn.text("Only visible to you", _SMALL, small=True)
    drawn.y += 6
    drawn.text("*icdlens*  APP", _TEXT)
    for block in blocks:
        drawn.block(block)
    height = drawn.y + 24
    rows = "\n".join(drawn.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect width="{_WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n'
        f'<rect x="16" y="64" width="36" height="36" rx="6" fill="#1f3a5f"/>\n'
        f'<text x="34" y="87" font-size="13" text-anchor="middle" style="fill:#fff">ICD</text>\n'
        f"{rows}\n</svg>\n"
    )


class _Drawing:
    """What is drawn so far, and how far down."""

    def __init__(self) -> None:
        self.y = 12.0
        self.shapes: list[str] = []

    def block(self, block: Block) -> None:
        match block["type"]:
            case "header":
                self.y += 8
                self.text(f"*{block['text']['text']}*", 18)
            case "section":
                self.y += 6
                top = self.y
                room = 110 if "accessory" in block else 0
                for part in block.get("fields") or [block["text"]]:
                    self.text(part["text"], _TEXT, room=room)
                if "accessory" in block:
                    self._button(block["accessory"], _WIDTH - 24 - self._width(block["accessory"]), top)
                    self.y = max(self.y, top + 34)
            case "context":
                self.y += 6
                for element in block["elements"]:
                    self.text(element["text"], _SMALL, small=True)
            case "actions":
                self._row(block["elements"])

    def text(self, markup: str, size: float, *, small: bool = False, room: int = 0) -> None:
        """Lines of text, wrapped; ``*bold*`` as Slack has it. The markup's entities are XML's, too."""
        columns = int((_WIDTH - _LEFT - 24 - room) / (size * _CHARACTER))
        for line in _wrapped(markup, columns):
            self.y += size * 1.45
            words = _BOLD.sub(r'<tspan class="bold">\1</tspan>', line)
            kind = ' class="small"' if small else ""
            self.shapes.append(f'<text x="{_LEFT}" y="{self.y:.1f}" font-size="{size}"{kind}>{words}</text>')

    def _row(self, elements: Sequence[dict[str, Any]]) -> None:
        self.y += 12
        x = float(_LEFT)
        for element in elements:
            if x + self._width(element) > _WIDTH - 24:
                x, self.y = float(_LEFT), self.y + 42
            self._button(element, x, self.y)
            x += self._width(element) + 8
        self.y += 40

    def _button(self, element: dict[str, Any], x: float, top: float) -> None:
        width = self._width(element)
        self.shapes.append(
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="34" rx="4" fill="#fff" '
            'stroke="#bbbabb"/>'
        )
        middle = x + width / 2
        self.shapes.append(
            f'<text x="{middle:.1f}" y="{top + 22:.1f}" font-size="14" text-anchor="middle" '
            f'class="bold">{_label(element)}</text>'
        )

    def _width(self, element: dict[str, Any]) -> float:
        return 26 + len(_label(element)) * 14 * 0.54


def _label(element: dict[str, Any]) -> str:
    if element["type"] == "overflow":
        return "⋯"
    shown: str = (element.get("text") or element["placeholder"])["text"]
    return shown if element["type"] == "button" else f"{shown} ▾"


def _wrapped(markup: str, columns: int) -> Iterator[str]:
    for line in markup.split("\n"):
        indent = len(line) - len(line.lstrip()) + 2 * line.lstrip().startswith("• ")
        yield from textwrap.wrap(
            line, columns, subsequent_indent=" " * indent, drop_whitespace=True, break_on_hyphens=False
        ) or [""]


def main() -> None:
    with Library.open() as library:
        for name, picture in pictures(library).items():
            (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()

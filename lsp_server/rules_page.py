"""The page of the rules: where it is, as an address that an editor can open, and what it says of each."""

from pathlib import Path

from core.findings.settings import Rule

_HERE = Path(__file__).resolve()
#: In a checkout, and in an installed package.
_PLACES = (_HERE.parents[1] / "docs" / "rules.md", _HERE.with_name("rules.md"))


def address(rule: Rule) -> str | None:
    """The address of a rule's section; ``None`` where the page is not installed."""
    page = _page()
    return f"{page.as_uri()}#{rule.name}" if page else None


def section(rule: Rule) -> str | None:
    """What the page says of a rule, as Markdown without its heading; ``None`` where it is not installed."""
    page = _page()
    if page is None:
        return None
    _, _, behind = page.read_text(encoding="utf-8").partition(f"\n## {rule.name}\n")
    return behind.partition("\n## ")[0].strip() or None


def _page() -> Path | None:
    return next((place for place in _PLACES if place.is_file()), None)

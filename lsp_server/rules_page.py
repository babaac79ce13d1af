"""Where the rules are documented, as an address that an editor can open."""

from pathlib import Path

from core.findings.settings import Rule

_HERE = Path(__file__).resolve()
#: In a checkout, and in an installed package.
_PLACES = (_HERE.parents[1] / "docs" / "rules.md", _HERE.with_name("rules.md"))


def address(rule: Rule) -> str | None:
    """The address of a rule's section; ``None`` where the page is not installed."""
    page = next((place for place in _PLACES if place.is_file()), None)
    return f"{page.as_uri()}#{rule.name}" if page else None

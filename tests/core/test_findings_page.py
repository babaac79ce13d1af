"""The page of the rules says what the rules are: docs/rules.md."""

import re
from pathlib import Path

import pytest

from core.findings.settings import RULES

_PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def _section(rule: str) -> str:
    return _PAGE.split(f"\n## {rule}\n", 1)[1].split("\n## ", 1)[0]


def test_the_page_has_the_rules_in_their_order() -> None:
    headings = re.findall(r"^## (.+)$", _PAGE, re.MULTILINE)
    assert [heading for heading in headings if heading in RULES] == list(RULES)
    rows = re.findall(r"^\| \[([a-z0-9-]+)\]\(#([a-z0-9-]+)\) \| (.+) \| (\w+) \|$", _PAGE, re.MULTILINE)
    assert rows == [(r.name, r.name, r.meaning, r.severity.value) for r in RULES.values()]


@pytest.mark.parametrize("rule", RULES)
def test_a_section_says_what_a_user_asks(rule: str) -> None:
    section = _section(rule)
    for part in ("Meaning", "Source", "Severity", "Example", "Off"):
        assert section.count(f"**{part}.**") == 1
    assert f"**Severity.** {RULES[rule].severity.value}\n" in section
    assert f"--rule {rule}=off" in section


def test_an_anchor_leads_to_the_section() -> None:
    for rule in RULES.values():
        path, _, anchor = rule.anchor.partition("#")
        assert path == "docs/rules.md"
        assert f"\n## {anchor}\n" in _PAGE

from typing import Any

import pytest

from slack_bot.limits import Block, check_blocks


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "x") -> Block:
    return {"type": "section", "text": mrkdwn(text)}


LEGAL: dict[str, list[Block]] = {
    "150 characters in a header": [{"type": "header", "text": plain("x" * 150)}],
    "3000 characters in a section": [section("x" * 3000)],
    "2000 characters in a field": [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
    "10 fields": [{"type": "section", "fields": [mrkdwn("x")] * 10}],
    "10 elements": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "50 blocks": [section()] * 50,
    "an entity": [section("&lt;!channel&gt;")],
    "lines": [section("x\ny")],
}

ILLEGAL: dict[str, list[Block]] = {
    "no blocks": [],
    "51 blocks": [section()] * 51,
    "151 characters in a header": [{"type": "header", "text": plain("x" * 151)}],
    "markup in a header": [{"type": "header", "text": mrkdwn("x")}],
    "a header without text": [{"type": "header"}],
    "3001 characters in a section": [section("x" * 3001)],
    "an empty text": [section("")],
    "a blank text": [section(" \n")],
    "a section of nothing": [{"type": "section"}],
    "11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "no fields": [{"type": "section", "fields": []}],
    "2001 characters in a field": [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    "11 elements": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "no elements": [{"type": "context", "elements": []}],
    "a text that is none": [{"type": "context", "elements": ["x"]}],
    "a text of numbers": [{"type": "section", "text": {"type": "mrkdwn", "text": 1}}],
    "an unknown block": [{"type": "sectoin", "text": plain("x")}],
    "an unknown property": [{**section(), "colour": "red"}],
    "too much in all": [section("x" * 2800)] * 5,
    "a mention": [section("<!channel>")],
    "a user": [section("<@U1>")],
    "a link": [section("<https://example.org|M53.9>")],
    "NUL": [section("x\0")],
    "half a surrogate pair": [section("x\ud800")],
    "an override": [section("x\u202e")],
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal(name: str) -> None:
    assert check_blocks(LEGAL[name]) == []


@pytest.mark.parametrize("name", ILLEGAL)
def test_illegal(name: str) -> None:
    assert check_blocks(ILLEGAL[name]) != []

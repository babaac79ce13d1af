from typing import Any

import pytest

from slack_bot.limits import Block, View, check_blocks, check_options, check_view


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "x") -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def button(**changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain("x"), "value": "x", **changes}


def actions(*elements: dict[str, Any]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def options(count: int) -> list[dict[str, Any]]:
    return [{"text": plain("x"), "value": str(number)} for number in range(count)]


def select(count: int, **changes: Any) -> dict[str, Any]:
    shown = {"placeholder": plain("x"), "options": options(count), **changes}
    return {"type": "static_select", "action_id": "a", **shown}


def overflow(count: int) -> dict[str, Any]:
    return {"type": "overflow", "action_id": "a", "options": options(count)}


def field(block_id: str = "b") -> Block:
    element = {"type": "external_select", "action_id": "a", "placeholder": plain("x"), "min_query_length": 2}
    return {"type": "input", "block_id": block_id, "label": plain("x"), "element": element}


def modal(**changes: Any) -> View:
    return {"type": "modal", "callback_id": "c", "title": plain("x"), "blocks": [field()], **changes}


LEGAL: dict[str, list[Block]] = {
    "150 characters in a header": [{"type": "header", "text": plain("x" * 150)}],
    "3000 characters in a section": [section("x" * 3000)],
    "2000 characters in a field": [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
    "10 fields": [{"type": "section", "fields": [mrkdwn("x")] * 10}],
    "10 elements": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "50 blocks": [section()] * 50,
    "an entity": [section("&lt;!channel&gt;")],
    "lines": [section("x\ny")],
    "25 elements": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "75 characters on a button": [actions(button(text=plain("x" * 75)))],
    "2000 characters in a button": [actions(button(value="x" * 2000))],
    "an action_id of 255 characters": [actions(button(action_id="x" * 255))],
    "100 options": [actions(select(100))],
    "5 entries behind the dots": [actions(overflow(5))],
    "a button beside a section": [{**section(), "accessory": button()}],
    "a line": [{"type": "divider"}],
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
    "no elements in a row": [actions()],
    "26 elements in a row": [actions(*(button(action_id=str(n)) for n in range(26)))],
    "an action_id twice in a row": [actions(button(), button())],
    "an action_id of 256 characters": [actions(button(action_id="x" * 256))],
    "no action_id": [actions(button(action_id=""))],
    "76 characters on a button": [actions(button(text=plain("x" * 76)))],
    "markup on a button": [actions(button(text=mrkdwn("x")))],
    "2001 characters in a button": [actions(button(value="x" * 2001))],
    "a button without a value": [actions(button(value=""))],
    "a button with an unknown property": [actions(button(style="green"))],
    "101 options": [actions(select(101))],
    "no options": [actions(select(0))],
    "an option twice": [actions(select(1, options=options(1) * 2))],
    "an option of 76 characters": [actions(select(1, options=[{"text": plain("x" * 76), "value": "x"}]))],
    "an option's value of 151 characters": [
        actions(select(1, options=[{"text": plain("x"), "value": "x" * 151}]))
    ],
    "an option without a value": [actions(select(1, options=[{"text": plain("x")}]))],
    "a placeholder of 76 characters": [actions(select(1, placeholder=plain("x" * 76)))],
    "6 entries behind the dots": [actions(overflow(6))],
    "an unknown element": [actions({"type": "slider", "action_id": "a"})],
    "an element that is none": [{**section(), "accessory": "x"}],
    "an input in a message": [field()],
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal(name: str) -> None:
    assert check_blocks(LEGAL[name]) == []


@pytest.mark.parametrize("name", ILLEGAL)
def test_illegal(name: str) -> None:
    assert check_blocks(ILLEGAL[name]) != []


def test_legal_views() -> None:
    assert check_view(modal()) == []
    assert check_view(modal(private_metadata="x" * 3000, submit=plain("x" * 24))) == []
    assert check_view({"type": "home", "blocks": [section()] * 100}) == []


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 25)),
        modal(submit=plain("x" * 25)),
        modal(close=plain("")),
        modal(private_metadata="x" * 3001),
        modal(callback_id="x" * 256),
        modal(blocks=[]),
        modal(blocks=[field(), field()]),
        modal(colour="red"),
        modal(type="dialog"),
        {"type": "modal", "blocks": [section()]},
        {"type": "home", "blocks": [section()] * 101},
        {"type": "home", "blocks": [field()]},
        {"type": "home", "blocks": [section("x" * 2900)] * 6},
    ],
)
def test_illegal_views(view: View) -> None:
    assert check_view(view) != []


def test_suggestions_may_be_none() -> None:
    assert list(check_options([], least=0)) == []
    assert list(check_options([])) != []
    assert list(check_options(options(101), least=0)) != []
    assert list(check_options("x", least=0)) != []

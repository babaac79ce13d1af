"""Our own requests, through a session with a real server process."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.protocol import JsonRPCResponseMessage
from pytest_lsp import LanguageClient, client_capabilities

from core.code import Code
from core.render.full_outline import full_outline
from core.render.json_card import full_card_to_dict
from index.library import Library
from lsp_server import requests
from lsp_server.opening import COMPILING, Opening
from tests.conftest import IN_FY2026, IN_FY2027
from tests.lsp_server.sessions import open_document, session

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(snapshot_data: Path) -> AsyncIterator[LanguageClient]:
    async with session(snapshot_data, client_capabilities("visual_studio_code")) as opened:
        # pygls' client makes named tuples of answers that it does not know; here they stay as they came.
        converter = opened.protocol._converter
        converter.register_structure_hook(JsonRPCResponseMessage, lambda obj, cls: cls(**obj))
        yield opened


async def ask(client: LanguageClient, method: str, params: object = None) -> Any:
    return await client.protocol.send_request_async(method, params)  # type: ignore[no-untyped-call] # pygls'


async def test_the_tree_from_the_chapters_down(client: LanguageClient) -> None:
    async def children(**params: str) -> list[dict[str, Any]]:
        answer = await ask(client, "icdlens/children", {**params, "on": "2026-06-01"})
        assert answer["message"] is None
        assert answer["as_of"] == "2026-06-01"
        return list(answer["children"])

    chapters = await children()
    assert len(chapters) == 22
    assert chapters[12]["name"] == "13"
    blocks = await children(level="chapter", name="13")
    assert "M40-M54" in [block["name"] for block in blocks]
    categories = await children(level="block", name="M50-M54")
    assert [category["name"] for category in categories] == ["M50", "M51", "M53", "M54"]
    codes = await children(level="category", name="M53")
    assert codes[2] == {
        "level": "subcategory",
        "name": "M53.2",
        "title": "Spinal instabilities",
        "standing": "heading",
        "codes": 9,
        "has_children": True,
    }
    assert codes[-1]["standing"] == "billable"
    assert await children(level="code", name="M53.9") == []


async def test_the_card_is_that_of_the_command_and_has_a_page(
    client: LanguageClient, library: Library
) -> None:
    answer = await ask(client, "icdlens/card", {"code": "m539", "on": "2026-06-01"})
    full = library.full_card(Code("M53.9"), IN_FY2026)
    assert full is not None
    page, message = answer.pop("page"), answer.pop("message")
    assert message is None
    assert answer == json.loads(json.dumps(full_card_to_dict(full)))
    out = full_outline(full)
    assert page["title"] == "Dorsopathy, unspecified"
    assert (
        page["status"]
        == "Billable: valid for submission on 2026-06-01. Dates of service: billable from 2015-10-01."
    )
    assert [section["heading"] for section in page["sections"]] == [s.heading for s in out.sections]
    [excludes] = [s for s in page["sections"] if s["heading"] == "Excludes1 (block M50-M54)"]
    runs = [{"text": "discitis NOS ("}, {"text": "M46.4", "code": "M46.4"}, {"text": "-)"}]
    assert excludes["lines"][1] == {"depth": 0, "runs": runs}


async def test_a_card_for_another_date(client: LanguageClient) -> None:
    before = await ask(client, "icdlens/card", {"code": "M54.5", "on": "2021-09-30"})
    after = await ask(client, "icdlens/card", {"code": "M54.5", "on": "2021-10-01"})
    assert (before["standing"], after["standing"]) == ("billable", "heading")


@pytest.mark.parametrize("code", ["M53.99", "X", "", "no code at all", "M53.9\x00", "x" * 100_000])
async def test_a_code_that_does_not_exist(client: LanguageClient, code: str) -> None:
    answer = await ask(client, "icdlens/card", {"code": code})
    assert answer["message"] is None
    assert answer["found"] is False
    assert answer["error"]
    assert ("M53.9" in answer["suggestions"]) == code.startswith("M53.9")


async def test_search_says_why(client: LanguageClient) -> None:
    answer = await ask(client, "icdlens/search", {"query": "lumbago", "on": "2026-06-01", "limit": 3})
    assert answer["message"] is None
    assert len(answer["hits"]) == 3
    first = answer["hits"][0]
    assert (first["code"], first["standing"]) == ("M54.50", "billable")
    assert first["why"] == 'inclusion term "Lumbago NOS"'


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("heart att", "I21.9"),
        ("fracture femur", "S72.90"),
        ("m53.9", "M53.9"),
        ("low back p", "M54.50"),
        ("T2DM", "E11.9"),
    ],
)
async def test_search_while_typing(client: LanguageClient, typed: str, first: str) -> None:
    answer = await ask(client, "icdlens/search", {"query": typed, "typing": True})
    codes = [hit["code"] for hit in answer["hits"]]
    assert codes[0] == first
    assert len(codes) == len(set(codes)) <= 20


async def test_status(client: LanguageClient) -> None:
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"icdlens": {"dateOfService": "2026-06-01"}})
    )
    expected = {
        "message": None,
        "ready": True,
        "compiling": False,
        "version": version("icdlens"),
        "as_of": "2026-06-01",
        "release": "FY2026 (April 1, 2026)",
        "release_effective": "2026-04-01",
        "superseded_on": None,
        "known_through": "2027-09-30",
    }
    assert await ask(client, "icdlens/status") == expected
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"icdlens": {"dateOfService": str(IN_FY2027)}})
    )
    later = {**expected, "as_of": str(IN_FY2027), "superseded_on": "2026-10-01"}
    assert await ask(client, "icdlens/status", {}) == later


async def test_the_settings_date_is_that_of_every_answer(client: LanguageClient) -> None:
    async def standing(settings: object) -> str:
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        document = open_document(client, "file:///dated.txt", "M54.5")
        hover = await client.text_document_hover_async(types.HoverParams(document, types.Position(0, 0)))
        card = await ask(client, "icdlens/card", {"code": "M54.5"})
        assert hover is not None
        assert f"As of {card['as_of']}" in repr(hover.contents)
        return str(card["standing"])

    assert await standing({"icdlens": {"dateOfService": "2021-09-30"}}) == "billable"
    assert await standing({"icdlens": {"dateOfService": ""}}) == "heading"  # today
    assert await standing({"icdlens": {"dateOfService": "yesterday"}}) == "heading"


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("children", {"level": "chapter", "name": "23"}, "no such chapter"),
        ("children", {"level": "planet", "name": "Mars"}, "is one of chapter, block"),
        ("children", {"level": "code", "name": "Mars!"}, "is not an ICD-10-CM code"),
        ("children", {"level": 13}, '"level" is a string'),
        ("children", {"on": "soon"}, "YYYY-MM-DD"),
        ("children", [], "Parameters are an object"),
        ("card", None, '"code" is a string'),
        ("card", {"code": "I10", "on": 20260601}, '"on" is a string'),
        ("search", {"query": None}, '"query" is a string'),
        ("search", {"query": "x", "limit": 0}, '"limit" is a number from 1 to 100'),
        ("search", {"query": "x", "limit": True}, '"limit" is a number'),
        ("search", {"query": "x", "typing": 1}, '"typing" is true or false'),
    ],
)
async def test_bad_parameters_get_a_sentence(
    client: LanguageClient, method: str, params: object, says: str
) -> None:
    answer = await ask(client, f"icdlens/{method}", params)
    assert says in answer["message"]
    assert list(answer) == ["message"]


@pytest.mark.parametrize("query", ["", " ", "\x00", "\ud800", "x" * 1_000_000, "שלום \u202eM53"])
async def test_any_query_gets_an_answer(client: LanguageClient, query: str) -> None:
    for typing in (True, False):
        answer = await ask(client, "icdlens/search", {"query": query, "typing": typing})
        assert isinstance(answer["hits"], list)


async def test_nothing_else_pops_up(client: LanguageClient) -> None:
    """Runs after all of the above."""
    # Of the settings above, one was no date; that is said once.
    assert [message.message for message in client.messages] == [
        'icdlens: "dateOfService" in the editor\'s settings is a date, as 2026-10-01, or empty.'
    ]
    assert client.log_messages == []


@dataclass
class Session:
    """What a handler needs of a server."""

    opening: Opening
    compiling: asyncio.Task[None] | None = None

    def today(self) -> date:
        return IN_FY2027


@pytest.mark.parametrize("method", ["icdlens/children", "icdlens/card", "icdlens/search"])
async def test_without_a_library_the_reason_is_said(tmp_path: Path, method: str) -> None:
    opening = Opening(tmp_path)
    opening.message = COMPILING
    assert requests.HANDLERS[method](Session(opening), {}) == {"message": COMPILING}
    status = requests.HANDLERS["icdlens/status"](Session(opening), None)
    assert status == {
        "message": COMPILING,
        "ready": False,
        "compiling": False,
        "version": version("icdlens"),
        "as_of": str(IN_FY2027),
    }


async def test_every_request_and_key_is_documented(library: Library) -> None:
    opening = Opening()
    opening.library = library
    text = (Path(__file__).parents[2] / "docs" / "editor.md").read_text(encoding="utf-8")

    def keys(method: str, params: object) -> Any:
        assert f"### `{method}`" in text
        return requests.HANDLERS[method](Session(opening), params)

    found = {
        *keys("icdlens/status", None),
        *keys("icdlens/children", {})["children"][0],
        *keys("icdlens/card", {"code": "I10"})["page"],
        *keys("icdlens/search", {"query": "I10"}),
    }
    assert [key for key in found if f"`{key}`" not in text] == []
    assert len(requests.HANDLERS) == 4

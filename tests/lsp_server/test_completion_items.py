import attrs
import pytest
from lsprotocol import types

from core.lives import Standing
from core.render.outline import NO_TITLE
from index.library import Library
from lsp_server.client import Client
from lsp_server.completion import Suggestion
from lsp_server.completion_items import completion_item, resolved, with_documentation
from lsp_server.configuration import Insert
from tests.conftest import IN_FY2026

RANGE = types.Range(types.Position(0, 4), types.Position(0, 7))
LOW_BACK_PAIN = Suggestion("M54.5", "Low back pain", Standing.HEADING, "M54.5")
DORSOPATHY = Suggestion("M53.9", "Dorsopathy, unspecified", Standing.BILLABLE, "M53.9")
MARKDOWN, PLAIN = types.MarkupKind.Markdown, types.MarkupKind.PlainText


def test_an_item_says_what_it_is_and_what_it_replaces() -> None:
    item = completion_item(DORSOPATHY, 7, RANGE, IN_FY2026, Client())
    assert item.label == "M53.9"
    assert item.detail == "Dorsopathy, unspecified"
    assert item.sort_text == "007"
    assert item.text_edit == types.TextEdit(RANGE, "M53.9")
    assert item.label_details is None


def test_headings_are_marked() -> None:
    heading = completion_item(LOW_BACK_PAIN, 0, RANGE, IN_FY2026, Client(label_details=True))
    assert heading.detail == "Low back pain (heading)"
    assert heading.label_details == types.CompletionItemLabelDetails(description="Low back pain (heading)")
    assert heading.kind != completion_item(DORSOPATHY, 0, RANGE, IN_FY2026, Client()).kind


@pytest.mark.parametrize("can_strike_through", [True, False])
def test_retired_codes_are_marked(can_strike_through: bool) -> None:
    retired = Suggestion("T81.4XXA", "Infection following a procedure", Standing.RETIRED, "T81.4")
    item = completion_item(retired, 0, RANGE, IN_FY2026, Client(deprecated_tag=can_strike_through))
    assert item.detail == "Infection following a procedure (retired)"
    assert item.tags == ([types.CompletionItemTag.Deprecated] if can_strike_through else None)


@pytest.mark.parametrize("kind", [MARKDOWN, PLAIN, None])
def test_resolving_adds_the_card_in_the_clients_markup(
    library: Library, kind: types.MarkupKind | None
) -> None:
    item = completion_item(DORSOPATHY, 0, RANGE, IN_FY2026, Client())
    found = resolved(item, library, Client(documentation=kind))
    documentation = found.documentation
    if kind is None:
        assert isinstance(documentation, str)
        text = documentation
    else:
        assert isinstance(documentation, types.MarkupContent)
        assert documentation.kind is kind
        text = documentation.value
    assert "discitis NOS (M46.4-)" in text
    assert text.startswith("**M53.9**") == (kind is MARKDOWN)
    assert attrs.evolve(found, documentation=None) == item


@pytest.mark.parametrize("data", [None, "", "M53.7", "not a code", 539, {"code": "M53.9"}, "\ud800"])
def test_an_item_that_is_not_ours_stays_as_it_is(library: Library, data: object) -> None:
    item = types.CompletionItem("x", data=data)
    assert resolved(item, library, Client(documentation=MARKDOWN)) == item


def test_documentation_is_sent_with_the_first_items_to_a_client_that_cannot_ask(library: Library) -> None:
    items = [completion_item(DORSOPATHY, place, RANGE, IN_FY2026, Client()) for place in range(8)]
    sent = with_documentation(items, library, Client(documentation=MARKDOWN))
    assert [item.documentation is not None for item in sent] == 5 * [True] + 3 * [False]
    lazy = Client(documentation=MARKDOWN, resolves_documentation=True)
    assert with_documentation(items, library, lazy) == items


def test_code_and_title_are_inserted_by_setting() -> None:
    item = completion_item(DORSOPATHY, 0, RANGE, IN_FY2026, Client(), Insert.CODE_AND_TITLE)
    assert item.text_edit == types.TextEdit(RANGE, "M53.9 Dorsopathy, unspecified")
    untitled = Suggestion("T81.4XXA", NO_TITLE, Standing.RETIRED, "T81.4")
    item = completion_item(untitled, 0, RANGE, IN_FY2026, Client(), Insert.CODE_AND_TITLE)
    assert item.text_edit == types.TextEdit(RANGE, "T81.4XXA")


@pytest.mark.parametrize(
    ("insert", "new"),
    [
        (Insert.CODE, "${1|H60.311,H60.312|}"),
        (Insert.CODE_AND_TITLE, r"${1|H60.311 Otitis\, right,H60.312 Otitis \|x\} left|}"),
    ],
)
def test_a_choice_is_a_snippet(insert: Insert, new: str) -> None:
    choices = ("H60.311", "Otitis, right"), ("H60.312", "Otitis |x} left")
    heading = Suggestion("H60.31", "Otitis", Standing.HEADING, "H60.31", choices, "side")
    item = completion_item(heading, 0, RANGE, IN_FY2026, Client(snippets=True), insert)
    assert (item.label, item.detail) == ("H60.31 + side", "Otitis (choose)")
    assert item.insert_text_format is types.InsertTextFormat.Snippet
    assert item.text_edit == types.TextEdit(RANGE, new)

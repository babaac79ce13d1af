"""The search modal: a field that completes what is typed, and the card of what was chosen."""

from datetime import date

from core.full_card import FullCard
from core.render.outline import NO_TITLE
from index.library import Library
from slack_bot.blocks import Element, context, divider, option, plain
from slack_bot.card_blocks import card_to_blocks
from slack_bot.limits import LABEL, OPTIONS, TITLE, VIEW, Block, View, message_size
from slack_bot.state import CardState, Part

SEARCH = "icd.search"
PICK = "icd.card.pick"
SHARE_WITH = "icd.share_with"
CONVERSATION = "conversation"

_QUERY = 100  # characters of what is typed that are read
_HINT = "Nothing you type here is kept. The card opens below, and only you see it."


def search_view(library: Library, full: FullCard | None = None, part: Part = Part.GLANCE) -> View:
    """The modal; with a card once a code was chosen, which can then be shared."""
    view: View = {
        "type": "modal",
        "callback_id": SEARCH,
        "title": plain("ICD-10-CM search", TITLE),
        "close": plain("Close", TITLE),
        "blocks": [_field()],
    }
    if full is None:
        return {**view, "blocks": [_field(), context(_HINT, f"Release {library.release.name}")]}
    state = CardState(full.card.code, full.card.as_of, part)
    limit = 0
    for limit in (0, 8, 3, 1):
        card = card_to_blocks(library.catalog, full, part, shares=False, limit=limit)
        blocks = [_field(), divider(), *card, _conversation()]
        if message_size(blocks) <= VIEW:
            break
    return {**view, "blocks": blocks, "submit": plain("Share", TITLE), "private_metadata": str(state)}


def suggestions(library: Library, typed: str, on: date) -> list[Element]:
    """The entries for what is typed: by words and codes alone, so that no model is waited for."""
    hits = library.complete(typed[:_QUERY], on, limit=OPTIONS)
    return [option(f"{hit.code} {hit.title or NO_TITLE}", str(CardState(hit.code, on))) for hit in hits]


def _field() -> Block:
    return {
        "type": "input",
        "block_id": "code",
        "dispatch_action": True,
        "label": plain("Code or words", LABEL),
        "element": {
            "type": "external_select",
            "action_id": PICK,
            "placeholder": plain("M53.9, or low back pain", LABEL),
            "min_query_length": 2,
        },
    }


def _conversation() -> Block:
    """Slack gives us a way to answer there, so no permission to write is needed."""
    return {
        "type": "input",
        "block_id": CONVERSATION,
        "optional": True,
        "label": plain("Share the card with", LABEL),
        "element": {
            "type": "conversations_select",
            "action_id": SHARE_WITH,
            "placeholder": plain("A conversation", LABEL),
            "response_url_enabled": True,
        },
    }

"""What people send to the Slack bot under load: commands, clicks and letters typed, each of a person."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, cycle, islice
from typing import Any
from urllib.parse import urlencode

from bench.slack_driver import ANSWERS
from core.code import Code
from slack_bot.card_blocks import SHOW
from slack_bot.search_view import PICK
from slack_bot.state import CardState, Part

#: A kind, and a form.
Body = tuple[str, str]

_PEOPLE = 5_000


def commands(texts: Sequence[str]) -> list[Body]:
    """``/icd``, with texts in turn."""
    people = max(len(texts), _PEOPLE)
    kinds = {text: "codes" if any(c.isdigit() for c in text) else "words" for text in texts}
    return [
        (kinds[text], urlencode({"command": "/icd", "text": text, "team_id": "T1", "user_id": f"U{number}"}))
        for number, text in enumerate(islice(cycle(texts), people))
    ]


def clicks(codes: Sequence[str]) -> list[Body]:
    """The button *More* under the cards of codes."""

    today = datetime.now(UTC).date()

    def click(code: str) -> dict[str, Any]:
        action = {"type": "button", "action_id": f"{SHOW}{Part.WHOLE}", "block_id": "b", "action_ts": "1"}
        value = str(CardState(Code(code), today, Part.WHOLE))
        return {
            "type": "block_actions",
            "response_url": ANSWERS,
            "container": {"type": "message", "is_ephemeral": True},
            "actions": [{**action, "value": value}],
        }

    return _interactions("clicks", [click(code) for code in codes if "-" not in code])


def typed(texts: Sequence[str]) -> list[Body]:
    """Words half typed in the search modal."""

    def suggestion(text: str) -> dict[str, Any]:
        return {"type": "block_suggestion", "action_id": PICK, "block_id": "code", "value": text}

    return _interactions("typed", [suggestion(text[: 2 + len(text) // 2]) for text in texts])


def mixture(*tenths: Sequence[Body]) -> list[Body]:
    """A tenth of each but the last, and the rest of the last."""
    *others, most = map(cycle, tenths)
    turn = (*others, *[most] * (10 - len(others)))
    return list(chain.from_iterable([[next(kind) for kind in turn] for _ in range(_PEOPLE)]))


def _interactions(kind: str, payloads: Sequence[dict[str, Any]]) -> list[Body]:
    shared = {"team": {"id": "T1"}, "api_app_id": "A1", "trigger_id": "1"}
    return [
        (kind, urlencode({"payload": json.dumps({**shared, **payload, "user": {"id": f"V{number}"}})}))
        for number, payload in enumerate(islice(cycle(payloads), _PEOPLE))
    ]

"""Text for Slack: official and users' words stand for themselves, and never mention, link or format.

Slack decodes ``&amp;``, ``&lt;`` and ``&gt;`` in every text object and reads everything else between
``<`` and ``>`` as a mention or a link. Its formatting characters have no escape at all.
"""

import re
from unicodedata import category

#: Slack has no escape for these, so characters that look alike take their place. No official text of
#: the April 2026 release has one of them; what users write does.
_LOOK_ALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
#: Within a word Slack formats nothing, and the addresses of official files have them: they stay to be copied.
_WITHIN_A_WORD = re.compile(r"(?<=[0-9A-Za-z])_(?=[0-9A-Za-z])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_LOOK_ALIKES | _ENTITIES)
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
#: What ``escape`` may have to change; most texts have nothing of it.
_SPECIAL = re.compile(r"[*_~`&<>:]")
_COLON = "꞉"
#: A mention, a channel or a link, as Slack writes them in the text of a message.
_ANGLES = re.compile(r"<([^<>]{1,2000})>")

#: Control characters, invisible ones (zero-width, right-to-left overrides), halves of surrogate pairs,
#: private and unassigned ones, line and paragraph separators.
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def escape(text: str) -> str:
    """Make a text stand for itself wherever Slack takes mrkdwn."""
    if not _SPECIAL.search(text):  # in a quarter of the time of what follows
        return text
    escaped = _EMOJI.sub(_COLON, text).translate(_ESCAPES)
    if "_" not in text:
        return escaped
    return "_".join(part.translate(_ESCAPES) for part in _WITHIN_A_WORD.split(_EMOJI.sub(_COLON, text)))


def fitted(text: str, limit: int) -> str:
    """Escape a text into at most ``limit`` characters; ``…`` marks what was cut, never within an entity."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    kept = escaped[: limit - 1]
    entity = kept.rfind("&")
    if entity >= 0 and ";" not in kept[entity:]:
        kept = kept[:entity]
    return kept.rstrip() + "…"


def readable(text: str) -> str:
    """What a user wrote as one line: unreadable characters and runs of blanks become one blank.

    Slack sends ``&``, ``<`` and ``>`` as entities; they are decoded here and encoded again by ``escape``.
    """
    decoded = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join("".join(" " if category(c) in _UNREADABLE else c for c in decoded).split())


def plain_text(message: str) -> str:
    """A message as its readers see it, line by line: links by their words, mentions and channels left out."""
    text = _ANGLES.sub(_shown, message)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(" " if category(c) in _UNREADABLE else c for c in line) for line in lines)


def _shown(match: re.Match[str]) -> str:
    inner, _, words = match[1].partition("|")
    return " " if inner.startswith(("@", "#", "!")) else words or inner

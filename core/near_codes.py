"""Near codes: what a mistyped code was probably meant to be."""

from datetime import date

from core.catalog import Catalog
from core.code import LONGEST, Code, InvalidCode, dotted
from core.lives import Standing

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOK_ALIKES = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "I", "S": "5", "5": "S", "B": "8", "8": "B"}


def near_codes(catalog: Catalog, written: str, on: date, *, limit: int = 5) -> tuple[Code, ...]:
    """Codes that exist and are written almost like a text, the likeliest first.

    The text need not be shaped like a code: blanks, dots and other signs are left out first. Codes
    billable on the date come before others of the same likeness.
    """
    if not written.strip()[:1].isalpha():
        return ()  # a code starts with a letter: this is a number, or of another system
    bare = "".join(c for c in written[:40].upper() if c in _CHARACTERS)[: LONGEST + 2]
    if not bare:
        return ()
    asked = _parsed(written)
    ranked: dict[Code, int] = {}
    for rank, variants in enumerate(_variants(bare)):
        codes = {code for text in variants if (code := _parsed(dotted(text)))}
        known = catalog.known_among(codes - ranked.keys())
        ranked.update(dict.fromkeys(known, rank))
        if len(ranked) >= limit:
            break
    standings = catalog.lives([code.text for code in ranked])

    def order(code: Code) -> tuple[int, bool, Code]:
        return ranked[code], standings[code.text].standing(on) is not Standing.BILLABLE, code

    return tuple(sorted((c for c in ranked if c != asked), key=order)[:limit])


def _variants(bare: str) -> list[set[str]]:
    """Texts that may have been meant, in groups of falling likeliness."""
    swapped = {bare[:i] + bare[i + 1] + bare[i] + bare[i + 2 :] for i in range(len(bare) - 1)}
    look_alike = {bare[:i] + _LOOK_ALIKES[c] + bare[i + 1 :] for i, c in enumerate(bare) if c in _LOOK_ALIKES}
    # W21.89A lacks the placeholder: the 7th character slid to the left (I.A.4).
    padded = {bare[:-1].ljust(LONGEST - 1, "X") + bare[-1]} if 4 <= len(bare) < LONGEST else set()
    shorter = {bare[:i] + bare[i + 1 :] for i in range(len(bare))}
    longer = {bare[:i] + c + bare[i:] for i in range(1, len(bare) + 1) for c in _CHARACTERS}
    other = {bare[:i] + c + bare[i + 1 :] for i in range(len(bare)) for c in _CHARACTERS}
    last = {bare[:-1] + c for c in _CHARACTERS}
    prefixes = [{bare[:length]} for length in range(len(bare) - 1, 2, -1)]
    return [{bare}, padded, swapped | look_alike, {bare[:-1]}, last, shorter | longer | other, *prefixes]


def _parsed(written: str) -> Code | None:
    try:
        return Code.parse(written)
    except InvalidCode:
        return None

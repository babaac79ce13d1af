"""What a token that is no code was obviously meant to be: a placeholder left out, a letter O for a zero.

Only mistakes that leave one good answer are here; for others ``core.near_codes`` lists what is written alike.
"""

from collections.abc import Iterator

from core.code import LONGEST, Code, InvalidCode, dotted

_LOOK_ALIKES = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"}
_FIRST = {"1": "I", "0": "O", "L": "I"}  # a digit, or a small l, written for the first letter


def likely_meant(code: Code) -> Iterator[tuple[Code, str]]:
    """Codes that may exist in the place of one that does not, the likeliest first, each with the mistake."""
    bare = code.undotted
    if 4 <= len(bare) <= LONGEST and bare[-1].isalpha():
        for stem in dict.fromkeys((bare[:-1], bare[:-1].rstrip("X"))):
            yield from _made(stem.ljust(LONGEST - 1, "X") + bare[-1], "the placeholder X is missing")
        stem = bare[:-1].rstrip("X")
        if len(stem) == LONGEST - 1 or stem != bare[:-1]:
            yield from _made(stem + bare[-1], "the placeholder X has no place in it")
    for index in range(1, len(bare)):
        if digit := _LOOK_ALIKES.get(bare[index]):
            yield from _made(
                bare[:index] + digit + bare[index + 1 :], f"{bare[index]} is written for {digit}"
            )
    swapped = bare[:1] + "".join(_LOOK_ALIKES.get(c, c) for c in bare[1:])
    yield from _made(swapped, "letters are written for digits")
    if len(bare) > 3:
        yield from _made(bare[:-1], "the code ends before its last character")


def _made(undotted: str, mistake: str) -> Iterator[tuple[Code, str]]:
    try:
        yield Code(dotted(undotted)), mistake
    except InvalidCode:
        return

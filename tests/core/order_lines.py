"""Lines of order files for tests.

Codes, flags and both titles are those of the official order addenda of FY2023 (``Add:`` and ``Revise to:``);
the order numbers are made, for addenda have none.
"""

from pathlib import Path

NAME = "icd10cm-order-2023.txt"

OFFICIAL = (
    (12, "B373", 0, "Candidiasis of vulva and vagina", "Candidiasis of vulva and vagina"),
    (13, "B3731", 1, "Acute candidiasis of vulva and vagina", "Acute candidiasis of vulva and vagina"),
    (
        14,
        "C8440",
        1,
        "Peripheral T-cell lymphoma, NEC, unspecified site",
        "Peripheral T-cell lymphoma, not elsewhere classified, unspecified site",
    ),
    (
        15,
        "C8441",
        1,
        "Prph T-cell lymphoma, NEC, nodes of head, face, and neck",
        "Peripheral T-cell lymphoma, not elsewhere classified, lymph nodes of head, face, and neck",
    ),
)


def line(number: int, code: str, flag: int | str, short: str, title: str) -> str:
    """A line in the columns of an order file, without its end."""
    return f"{number:05} {code:7} {flag} {short:60} {title}"


LINES = tuple(line(*row) for row in OFFICIAL)


def write_order_file(path: Path, lines: tuple[str, ...] = LINES, end: str = "\r\n") -> Path:
    path.write_bytes("".join(f"{text}{end}" for text in lines).encode())
    return path

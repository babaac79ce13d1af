"""A process that opens the searcher and uses it: JSON texts from stdin, what it cost to stdout.

What is imported here at the top is not counted; all that a search needs of ``index`` is.
"""

import json
import sys
import time
from datetime import date

from bench.measuring import resident_mb
from index.library import Library

_ON = date(2026, 11, 22)
_UNKNOWN = "zzqqxwvkj"  # in no text, and like none


def main() -> None:
    asked = json.load(sys.stdin)
    with Library.open() as library:
        before = resident_mb()
        start = time.perf_counter()
        library.searcher  # noqa: B018 - imports and opens it
        opened = time.perf_counter()
        library.search(asked[0], _ON)
        searched = time.perf_counter()
        library.search(_UNKNOWN, _ON)
        unknown = time.perf_counter()
        for text in asked:
            library.search(text, _ON)
            library.complete(text, _ON)
        resident = resident_mb()
    cost = {
        "opening": 1000 * (opened - start),
        "first": 1000 * (searched - opened),
        "unknown": 1000 * (unknown - searched),
        "memory": resident - before,
        "resident": resident,
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()

"""The compiler's process: compiles the classification and says how far it is, a JSON line for each step.

Started as ``python -P -m lsp_server.building [DATA_DIR]``; what fails is one sentence on stderr.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import IcdlensError
from core.snapshot import SnapshotStore, data_folder
from index.build import build
from index.installing import refresh


@dataclass(frozen=True, slots=True)
class Step:
    """How far the compiler is in one of its stages."""

    stage: str
    done: int
    total: int


def step_in(line: bytes) -> Step | None:
    """The step that a line of the compiler's says; ``None`` where it is another line."""
    try:
        found = json.loads(line)
        return Step(str(found["stage"]), int(found["done"]), int(found["total"]))
    except (ValueError, KeyError, TypeError):
        return None


def _say(stage: str, done: int, total: int) -> None:
    sys.stdout.write(json.dumps(asdict(Step(stage, done, total))) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Compile into the folder that is named, or into the user's own."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder()
    try:
        build(SnapshotStore(data), _say)
        refresh(data, _say)
    except IcdlensError as error:
        sys.stderr.write(f"icdlens: {error}\n")
        sys.exit(3)


if __name__ == "__main__":
    main()

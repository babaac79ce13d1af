"""The user's own crosswalk file, for the surfaces that serve many look-ups: the editor and Slack."""

from collections.abc import Mapping
from pathlib import Path

from core.crosswalk import crosswalk_source, read_crosswalk
from core.full_card import OwnFile
from core.sources import SourceError

#: The environment variable that names the file.
VARIABLE = "ICDLENS_CROSSWALK"

_SEE = "icdlens lookup M53.9 says what is wrong with it"


def read_own_file(path: Path) -> OwnFile:
    """Read a crosswalk; its faults are in it. Raises ``SourceError`` for a file that is none."""
    return OwnFile(read_crosswalk(path), crosswalk_source(path))


def find_own_file(environment: Mapping[str, str]) -> tuple[OwnFile | None, str]:
    """The crosswalk that the environment names, and a sentence for its user; empty where all is well.

    The sentence has neither the file's name nor its text, so that it may be logged and shown.
    """
    named = environment.get(VARIABLE)
    if not named:
        return None, ""
    try:
        found = read_own_file(Path(named))
    except SourceError:
        return None, f"The crosswalk file that {VARIABLE} names cannot be used; {_SEE}."
    faults = len(found.crosswalk.faults)
    return found, f"{faults} rows of the crosswalk file are left out; {_SEE}." if faults else ""

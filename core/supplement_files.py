"""Which files beside those of releases there are among what somebody has, by their official names."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.sources.archives import Unpacker
from core.sources.gem import FILES
from core.supplements import CCSR, CONVERSION, GEM, HCC, MCE, POA, LoadedFiles

_GEM_NAMES = frozenset(FILES.values())


class SupplementKind(StrEnum):
    """A kind of official file that belongs to no release, by what people call it."""

    POA = "POA exempt list"
    GEM = "General Equivalence Mappings"
    CONVERSION = "conversion table"
    CCSR = "CCSR categories"
    HCC = "HCC mappings"
    MCE = "definitions of Medicare Code Edits"


def _load_gem_zip(loaded: LoadedFiles, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "gem"
        beside.mkdir()
        for unpacked in Unpacker(Path(folder)).unpack(path, _GEM_NAMES.__contains__):
            unpacked.path.replace(beside / unpacked.path.name)
        loaded.load_gems(beside)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a kind is known by its names on the sites, what loads a file of it, and what it is kept as."""

    names: re.Pattern[str]
    load: Callable[[LoadedFiles, Path], None]
    kept_as: str


_READINGS: Mapping[SupplementKind, _Reading] = {
    SupplementKind.POA: _Reading(
        re.compile(r"(?:POAexemptCodes|.*poa-exempt-codes).*\.zip", re.I), LoadedFiles.load_poa_list, POA
    ),
    SupplementKind.GEM: _Reading(
        re.compile(r"(?!.*pcs-general).*general-equivalence-mappings.*\.zip", re.I), _load_gem_zip, GEM
    ),
    SupplementKind.CONVERSION: _Reading(
        re.compile(r"(?!.*pcs).*conversion[-_ ]table.*\.(?:xlsx|zip)", re.I),
        LoadedFiles.load_conversion_table,
        CONVERSION,
    ),
    SupplementKind.CCSR: _Reading(re.compile(r"DXCCSR.*\.(?:zip|csv)", re.I), LoadedFiles.load_ccsr, CCSR),
    SupplementKind.HCC: _Reading(
        re.compile(r"20.*ICD-?10(?:-CM)?[-_ ]mappings\.(?:zip|csv)", re.I), LoadedFiles.load_hcc_mappings, HCC
    ),
    SupplementKind.MCE: _Reading(
        re.compile(r".*definitions?.*(?:mce|medicare.code.edit).*\.zip", re.I),
        LoadedFiles.load_mce_definitions,
        MCE,
    ),
}


def supplement_kind(name: str) -> SupplementKind | None:
    """What kind of file a base name is of; ``None`` for any other."""
    return next((kind for kind, reading in _READINGS.items() if reading.names.fullmatch(name)), None)


def found_among(paths: Iterable[Path]) -> Iterator[tuple[SupplementKind, Path]]:
    """The files among files and folders, each with its kind; of several the last by name."""
    files = [
        p for path in paths for p in (sorted(path.rglob("*")) if path.is_dir() else [path]) if p.is_file()
    ]
    for kind in SupplementKind:
        named = sorted((p for p in files if supplement_kind(p.name) is kind), key=lambda p: p.name)
        yield from ((kind, path) for path in named[-1:])


def load(loaded: LoadedFiles, kind: SupplementKind, path: Path) -> None:
    """Take in a file that was found. Raises ``SourceError``; what was loaded before then stays."""
    _READINGS[kind].load(loaded, path)


def is_loaded(loaded: LoadedFiles, kind: SupplementKind) -> bool:
    """Whether a file of a kind is loaded."""
    return _READINGS[kind].kept_as in loaded.identity()

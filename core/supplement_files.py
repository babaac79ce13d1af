"""Which files beside those of releases there are among what somebody has, by their official names."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from core.sources.archives import Unpacker
from core.sources.gem import FILES
from core.supplements import LoadedFiles

_GEM_NAMES = frozenset(FILES.values())


def _load_gem_zip(loaded: LoadedFiles, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "gem"
        beside.mkdir()
        for unpacked in Unpacker(Path(folder)).unpack(path, _GEM_NAMES.__contains__):
            unpacked.path.replace(beside / unpacked.path.name)
        loaded.load_gems(beside)


#: By what people call them: the names on the sites, and what loads one.
_KINDS: Mapping[str, tuple[re.Pattern[str], Callable[[LoadedFiles, Path], None]]] = {
    "POA exempt list": (
        re.compile(r"(?:POAexemptCodes|.*poa-exempt-codes).*\.zip", re.I),
        LoadedFiles.load_poa_list,
    ),
    "General Equivalence Mappings": (
        re.compile(r".*general-equivalence-mappings.*\.zip", re.I),
        _load_gem_zip,
    ),
    "conversion table": (
        re.compile(r"(?!.*pcs).*conversion[-_ ]table.*\.(?:xlsx|zip)", re.I),
        LoadedFiles.load_conversion_table,
    ),
    "CCSR categories": (re.compile(r"DXCCSR.*\.(?:zip|csv)", re.I), LoadedFiles.load_ccsr),
    "HCC mappings": (
        re.compile(r"20.*ICD-?10(?:-CM)?[-_ ]mappings\.(?:zip|csv)", re.I),
        LoadedFiles.load_hcc_mappings,
    ),
    "definitions of Medicare Code Edits": (
        re.compile(r".*definitions?.*(?:mce|medicare.code.edit).*\.zip", re.I),
        LoadedFiles.load_mce_definitions,
    ),
}


def found_among(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """The files among files and folders, each with what people call it; of several the last by name."""
    files = [
        p for path in paths for p in (sorted(path.rglob("*")) if path.is_dir() else [path]) if p.is_file()
    ]
    for called, (pattern, _) in _KINDS.items():
        named = sorted((p for p in files if pattern.fullmatch(p.name)), key=lambda p: p.name)
        yield from ((called, path) for path in named[-1:])


def load(loaded: LoadedFiles, called: str, path: Path) -> None:
    """Take in a file that was found. Raises ``SourceError``; what was loaded before then stays."""
    _KINDS[called][1](loaded, path)

"""Supplements: official data beside the release that not every installation has.

Three come with optional packages (MS-DRG, HCC and the Medicare Code Editor), the others from files that the
user loads once: the General Equivalence Mappings of 2018, a POA exempt list, the parts of the Alphabetic
Index, an order file, a conversion table, CCSR, and the HCC mappings and definitions of Medicare Code Edits as
CMS publishes them. Loaded files are kept in the data directory, so that the next compilation finds them.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.alphabetic_index import AlphabeticIndex
from core.icd9 import Equivalence
from core.index_editions import IndexParts
from core.loaded_record import MODEL, MODEL_FILES, RECORD_FILE, LoadedRecord
from core.reimbursement import ReimbursementRows, reimbursement_rows
from core.sources import SourceError
from core.sources.ccsr import Ccsr, read_ccsr
from core.sources.conversion_table import ConversionTable, read_conversion_table
from core.sources.gem import FILES, read_gems
from core.sources.hcc_mappings import HccMappings, read_hcc_mappings
from core.sources.index_files import FILE_KINDS, find_index_files, read_index_files
from core.sources.mce_definitions import MceDefinitions, read_mce_definitions
from core.sources.order_file import OrderFile, check_order_file, order_file
from core.sources.poa import PoaExemptList, read_poa_list

_T = TypeVar("_T")

GEM, POA, ORDER = "gem", "poa", "order"
CONVERSION, CCSR, HCC, MCE = "conversion", "ccsr", "hcc-mappings", "mce-definitions"

#: The folder of a loaded file: its kind, and the hash of what is in it.
_KEPT = re.compile(r".+-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Supplements:
    """What is there to be compiled beside the release; ``None`` for what is not."""

    reimbursement: ReimbursementRows
    poa_exempt: PoaExemptList | None
    equivalences: tuple[Equivalence, ...] | None
    parts: IndexParts
    order: OrderFile | None
    conversion: ConversionTable | None = None
    ccsr: Ccsr | None = None
    hcc_mappings: HccMappings | None = None
    mce_definitions: MceDefinitions | None = None

    @property
    def index(self) -> AlphabeticIndex | None:
        """The Index of Diseases and Injury."""
        return self.parts.diseases


class LoadedFiles(LoadedRecord):
    """The files that the user has loaded into a data directory."""

    def load_gems(self, folder: Path) -> None:
        """Take in both files of the GEMs. Raises ``SourceError``; what was loaded before then stays."""
        for name in FILES.values():
            if not (folder / name).exists():
                mended = "unpack CMS's zip there, or name the zip: icdlens update --from ZIP"
                raise SourceError(folder, f"{name} is not in it; {mended}")
        read_gems(folder)
        self._keep(GEM, [folder / name for name in FILES.values()])

    def load_poa_list(self, path: Path) -> None:
        """Take in a POA exempt list. Raises ``SourceError``; what was loaded before then stays."""
        read_poa_list(path)
        self._keep(POA, [path])

    def load_index(self, *paths: Path) -> None:
        """Take in parts of the Alphabetic Index: files, folders or zips.

        Raises ``SourceError``; what was loaded before then stays, and so do parts that are not among these.
        """
        with tempfile.TemporaryDirectory() as unpacked:
            found = find_index_files(paths, Path(unpacked))
            read_index_files(found)
            self._keep_all({FILE_KINDS[part].value: [path] for part, path in found.items()})

    def load_order_file(self, path: Path) -> None:
        """Take in an order file. Raises ``SourceError``; what was loaded before then stays."""
        check_order_file(path)
        self._keep(ORDER, [path])

    def load_conversion_table(self, path: Path) -> None:
        """Take in a conversion table. Raises ``SourceError``; what was loaded before then stays."""
        read_conversion_table(path)
        self._keep(CONVERSION, [path])

    def load_ccsr(self, path: Path) -> None:
        """Take in AHRQ's categories. Raises ``SourceError``; what was loaded before then stays."""
        read_ccsr(path)
        self._keep(CCSR, [path])

    def load_hcc_mappings(self, path: Path) -> None:
        """Take in CMS's HCC mappings. Raises ``SourceError``; what was loaded before then stays."""
        read_hcc_mappings(path)
        self._keep(HCC, [path])

    def load_mce_definitions(self, path: Path) -> None:
        """Take in the manual of the MCE. Raises ``SourceError``; what was loaded before then stays."""
        read_mce_definitions(path)
        self._keep(MCE, [path])

    def load_model(self, folder: Path) -> None:
        """Take in a sentence-embedding model. Raises ``SourceError``; what was loaded before then stays."""
        self._keep(MODEL, [folder / name for name in MODEL_FILES])

    def forget_model(self) -> None:
        """Go back to the packaged model; the loaded one's files are removed."""
        if self.model_folder():
            with self._alone():
                self._record({kind: kept for kind, kept in self.kinds().items() if kind != MODEL})

    def read(self) -> Supplements:
        """Read everything that is installed or loaded. Raises ``SourceError``."""
        return Supplements(
            reimbursement_rows(),
            self._read_file(POA, read_poa_list),
            self._read(GEM, read_gems),
            self._index_parts(),
            self._read_file(ORDER, order_file),
            self._read_file(CONVERSION, read_conversion_table),
            self._read_file(CCSR, read_ccsr),
            self._read_file(HCC, read_hcc_mappings),
            self._read_file(MCE, read_mce_definitions),
        )

    def _read_file(self, kind: str, reader: Callable[[Path], _T]) -> _T | None:
        return self._read(kind, lambda folder: reader(_only_file(folder)))

    def _read(self, kind: str, reader: Callable[[Path], _T]) -> _T | None:
        kept = self.identity().get(kind)
        return reader(self.folder / str(kept)) if kept else None

    def _index_parts(self) -> IndexParts:
        kept = {part: self._read(kind.value, _only_file) for part, kind in FILE_KINDS.items()}
        return read_index_files({part: path for part, path in kept.items() if path})

    def _keep(self, kind: str, paths: Sequence[Path]) -> None:
        self._keep_all({kind: paths})

    def _keep_all(self, kinds: Mapping[str, Sequence[Path]]) -> None:
        """Copy files into folders named by their names and contents, then record them in one step."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                names = {kind: self._kept(kind, paths) for kind, paths in kinds.items()}
                self._record({**self.kinds(), **names})
        except OSError as error:
            raise self._not_kept(next(iter(kinds.values()))[0], error) from error

    def _alone(self) -> AbstractContextManager[object]:
        """One process at a time: a record must not forget what another has just put beside it."""
        from filelock import FileLock

        return FileLock(self.folder / ".lock")

    def _kept(self, kind: str, paths: Sequence[Path]) -> str:
        digest = hashlib.sha256()
        for path in paths:
            digest.update(f"{path.name}\0".encode())  # the edition of an Index stands in its name alone
            digest.update(path.read_bytes())
        name = f"{kind}-{digest.hexdigest()[:32]}"
        with tempfile.TemporaryDirectory(dir=self.folder) as beside:
            copies = Path(beside) / name
            copies.mkdir()
            for path in paths:
                shutil.copyfile(path, copies / path.name)
            if not (self.folder / name).exists():
                copies.rename(self.folder / name)
        return name

    def _not_kept(self, path: Path, error: OSError) -> SourceError:
        return SourceError(path, f"cannot be kept in {self.folder} ({error.strerror})")

    def _record(self, loaded: Mapping[str, Any]) -> None:
        """Put a record in use, then remove what it does not name any more."""
        with tempfile.TemporaryDirectory(dir=self.folder) as beside:
            record = Path(beside) / RECORD_FILE
            record.write_text(json.dumps(loaded), encoding="utf-8")
            record.replace(self.folder / RECORD_FILE)
        kept = {str(name) for name in loaded.values()}
        for folder in self.folder.iterdir():
            if _KEPT.fullmatch(folder.name) and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)  # Windows keeps what somebody has open


def _only_file(folder: Path) -> Path:
    try:
        [file] = (path for path in folder.iterdir() if not path.name.startswith("."))
    except (OSError, ValueError) as error:
        raise SourceError(folder, "the file that was loaded is not there any more; load it again") from error
    return file

"""What a snapshot is made of and where its parts are: enough to find one, without what compiles it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from core.loaded_record import LoadedRecord
from core.reimbursement import installed_identity
from core.snapshot import Snapshot
from core.sources import billable_validity, packaged
from index.models import Model
from index.synonyms import VERSION

CATALOG_FILE = "catalog.sqlite"
INDEX_FOLDER = "index"

#: Raised when the same sources are compiled into something else: the catalogue's tables, the index's
#: rows and fields, or the sections read off it.
_FORMAT = 25

#: Of a snapshot's record: what wrote it.
FORMAT = [_FORMAT, VERSION]


def packaged_identity(data: Path, model: Model | None = None) -> str:
    """The identity of the snapshot that this program makes of the packaged release in a data directory.

    Computed from pinned hashes: nothing but the small table of billable periods is read. Installing an
    optional package or loading a file changes it, and so does the model whose vectors it holds.
    """
    return release_identity({file.name: file.sha256 for file in packaged.FILES}, data, model)


def release_identity(hashes: Mapping[str, str], data: Path, model: Model | None = None) -> str:
    """The identity of the snapshot that this program makes of official files with some hashes."""
    digest = hashlib.sha256(billable_validity.PATH.read_bytes())
    parts = [_FORMAT, VERSION, hashes, installed_identity(), LoadedRecord(data).identity()]
    if model:
        parts.append(model.identity)
    digest.update(json.dumps(parts, sort_keys=True).encode())
    return digest.hexdigest()


def is_readable(snapshot: Snapshot) -> bool:
    """Whether this version of the program can read an installed release's snapshot."""
    return snapshot.manifest.get("format") == FORMAT

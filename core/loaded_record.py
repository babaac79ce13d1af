"""The record of the files that the user has loaded into a data directory: what there is, and where.

A look-up reads it to know its snapshot; ``core.supplements`` takes files in and reads them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RECORD_FILE = "loaded.json"

MODEL = "model"
#: A sentence-embedding model's files, in its folder: the weights, and what cuts texts into tokens.
MODEL_FILES = ("model.onnx", "tokenizer.json")


class LoadedRecord:
    """Which files are loaded; each kind has a folder, named by the hash of what is in it."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "loaded"

    def kinds(self) -> Mapping[str, Any]:
        """The name of each kind's folder."""
        try:
            record = json.loads((self.folder / RECORD_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def identity(self) -> Mapping[str, Any]:
        """What is loaded of official data, by kind, with its hash: part of a snapshot's identity."""
        return {kind: kept for kind, kept in self.kinds().items() if kind != MODEL}

    def model_folder(self) -> Path | None:
        """The folder of the loaded model, named by its hash; ``None`` where none is loaded."""
        kept = self.kinds().get(MODEL)
        return self.folder / str(kept) if kept else None

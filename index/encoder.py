"""Running a sentence-embedding model: texts become vectors of length 1, alike where the meanings are.

Imports the packages of the extra ``ai``. Nothing is fetched: both files are on this machine already.
"""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.models import ModelUnavailable

Vectors: TypeAlias = NDArray[np.float32]

_MOST_TOKENS = 64  # of a text that are read
_BATCH = 64
_TOKENIZED = 1000
_THREADS = 2  # always as many, whatever the machine has: the sums then round alike
_ERRORS_ONLY = 3


class Encoder:
    """A model that gives a vector for each token, of which a text's is the mean; or one for the text."""

    def __init__(self, weights: Path, vocabulary: Path) -> None:
        """Load an ONNX file and a tokenizer's JSON. Raises ``ModelUnavailable``."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # Idle threads must not keep a server's cores busy.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._tokenizer = Tokenizer.from_file(str(vocabulary))
            self._session = onnxruntime.InferenceSession(
                str(weights), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both packages raise Exception itself, and classes of their own
            raise ModelUnavailable(f"The model in {weights.parent} cannot be read ({error}).") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._inputs = {asked.name for asked in self._session.get_inputs()}
        self._folder = weights.parent

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, in order."""
        found: dict[int, Vectors] = {}
        for places, vectors, _ in self.encode_by_length(texts):
            found.update(zip(places, vectors, strict=True))
        return np.stack([found[place] for place in range(len(texts))])

    def encode_by_length(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors, float]]:
        """Texts of like length at once, the shortest first: their places, their vectors, and the share done.

        The share is of the tokens, for they are what takes time.
        """
        tokens = list(self._tokens(texts))
        order = sorted(range(len(texts)), key=lambda place: (len(tokens[place]), place))
        whole, done = sum(map(len, tokens)), 0
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            vectors = self._run([tokens[place] for place in places])
            done += sum(len(tokens[place]) for place in places)
            yield places, vectors, done / whole

    def _tokens(self, texts: Sequence[str]) -> Iterator["array[int]"]:
        for start in range(0, len(texts), _TOKENIZED):  # an encoding holds much more than its tokens
            for encoding in self._tokenizer.encode_batch(texts[start : start + _TOKENIZED]):
                yield array("I", encoding.ids)

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        longest = max(map(len, batch))
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        asked = {name: value for name, value in given.items() if name in self._inputs}
        try:
            found: Vectors = np.asarray(self._session.run(None, asked)[0], np.float32)
        except Exception as error:  # onnxruntime raises classes that it does not export
            raise ModelUnavailable(f"The model in {self._folder} cannot be run ({error}).") from error
        if found.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            found = (found * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
        if found.shape[:1] != (len(batch),) or found.ndim != 2:
            raise ModelUnavailable(f"The model in {self._folder} gives no vector for each text or token.")
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, np.float32(1e-12)), np.float32)

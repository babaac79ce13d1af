"""A model for tests: texts are alike where the test says so, and unlike otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.models import Model

#: Places, vectors, and the share that is done.
Encoded: TypeAlias = tuple[list[int], NDArray[np.float32], float]

_DIMENSIONS = 256  # unlike texts then have similarities below a third
_FACTORS = np.random.default_rng(0).integers(1, 1 << 32, _DIMENSIONS, np.uint64)


class FakeEncoder:
    """Gives each text a direction of its own, and the texts of ``means`` that of what they mean."""

    def __init__(self, means: Mapping[str, str]) -> None:
        self.means = means
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        seeds = np.array([crc32(self.means.get(text, text).encode()) for text in texts], np.uint64)
        # The product of two 32-bit numbers, cut at 32 bits, is as good as random for each factor.
        angles = (seeds[:, None] * _FACTORS) % np.uint64(1 << 32)
        found = np.sin(angles.astype(np.float32) * np.float32(2 * np.pi / (1 << 32)))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def encode_by_length(self, texts: Sequence[str]) -> Iterator[Encoded]:
        for start in range(0, len(texts), 5000):
            places = list(range(start, min(len(texts), start + 5000)))
            yield places, self.encode([texts[place] for place in places]), (places[-1] + 1) / len(texts)


def fake_model(encoder: FakeEncoder) -> Model:
    return Model("a fake", "fake 1", lambda: encoder)

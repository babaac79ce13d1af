"""``meaning.bin``: a vector for each distinct text of the index, of 8 bits a number, mapped into memory.

A model's vectors are turned so that the first numbers tell most of what sets the texts apart (principal
components), and only those are kept: a third less to read for each query, and nothing is found less often.

Imports numpy, which only the extra ``ai`` brings.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.mapped_file import MappedFile, lists, write_mapped
from index.postings import IndexUnavailable

_LARGEST = 127
_KEPT = 256  # numbers of a vector
_AT_ONCE = 1024  # vectors that are widened to floats: they stay in the processor's cache

Similarities = NDArray[np.float32]


class Encodes(Protocol):
    """What makes vectors of texts; see ``index.encoder.Encoder``."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def encode_by_length(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], NDArray[np.float32], float]]: ...


def write_vectors(
    path: Path, texts: Sequence[str], encoder: Encodes, report: Callable[[float], None]
) -> None:
    """Store the vectors of rows' texts. ``report`` is told the share that is done."""
    distinct = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    row_vector = [distinct[text] for text in texts]
    rows: list[list[int]] = [[] for _ in distinct]
    for row, vector in enumerate(row_vector):
        rows[vector].append(row)
    found: NDArray[np.float16] | None = None
    for places, vectors, share in encoder.encode_by_length(list(distinct)):
        if found is None:
            found = np.zeros((len(distinct), vectors.shape[1]), np.float16)
        found[places] = vectors
        report(share)
    if found is None:
        raise ValueError("there is no text to make vectors of")
    basis = _principal_components(found)
    numbers, scale = _in_8_bits(found, basis)
    write_mapped(
        path,
        {
            "basis": array("f", basis.tobytes()),
            "numbers": numbers.tobytes(),
            "scale": array("f", scale.tobytes()),
            "row_vector": array("I", row_vector),
            **lists("rows", rows),
        },
    )


def _principal_components(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """The directions in which vectors differ most, a column each, as many as are kept."""
    products = np.zeros((vectors.shape[1], vectors.shape[1]), np.float64)
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE].astype(np.float64)
        products += some.T @ some
    _, directions = np.linalg.eigh(products)  # the most telling ones last
    return np.ascontiguousarray(directions[:, ::-1][:, :_KEPT], np.float32)


def _in_8_bits(
    vectors: NDArray[np.float16], basis: NDArray[np.float32]
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Vectors in another basis: whole numbers, and what one of them stands for in each vector."""
    numbers = np.zeros((len(vectors), basis.shape[1]), np.int8)
    scale = np.zeros(len(vectors), np.float32)
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE].astype(np.float32) @ basis
        steps = np.maximum(np.abs(some).max(axis=1) / _LARGEST, np.float32(1e-12))
        scale[start : start + _AT_ONCE] = steps
        numbers[start : start + _AT_ONCE] = np.rint(some / steps[:, None])
    return numbers, scale


class StoredVectors:
    """``meaning.bin``, mapped. Vectors and rows go by their numbers."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ``IndexUnavailable``."""
        self._file = MappedFile(path)
        self._scale = np.frombuffer(self._file.array("scale"), np.float32)
        self._row_vector = np.frombuffer(self._file.array("row_vector"), np.uint32)
        self._rows = self._file.lists("rows")
        numbers = np.frombuffer(self._file.bytes("numbers"), np.int8)
        basis = np.frombuffer(self._file.array("basis"), np.float32)
        try:
            self._numbers = numbers.reshape(len(self._scale), -1)
            self._basis = basis.reshape(-1, self._numbers.shape[1])
        except ValueError as error:
            raise IndexUnavailable(
                f"The index {path} cannot be read; mend it with: icdlens build --force"
            ) from error

    def close(self) -> None:
        """Let go of the file. Nothing can be compared any more."""
        del self._scale, self._row_vector, self._numbers, self._basis  # they hold on to the mapped memory
        self._file.close()

    def similarities(self, asked: NDArray[np.float32]) -> Similarities:
        """How alike each of some vectors is to each stored one (cosine): a row for each that is asked."""
        columns = np.ascontiguousarray((asked @ self._basis).T)
        found = np.empty((len(self._numbers), columns.shape[1]), np.float32)
        wide = np.empty((_AT_ONCE, self._numbers.shape[1]), np.float32)
        for start in range(0, len(found), _AT_ONCE):
            some = self._numbers[start : start + _AT_ONCE]
            np.copyto(wide[: len(some)], some)
            np.matmul(wide[: len(some)], columns, out=found[start : start + len(some)])
        return np.ascontiguousarray(found.T) * self._scale

    def nearest(self, similarity: Similarities, count: int, among: NDArray[np.bool_] | None) -> list[int]:
        """The numbers of the most similar vectors, best first; of equals the first. ``among`` are a row's."""
        if among is not None:
            allowed = np.zeros(len(similarity), np.bool_)
            allowed[self._row_vector[among]] = True
            similarity = np.where(allowed, similarity, np.float32(-1))
            count = min(count, int(allowed.sum()))
        count = min(count, len(similarity))
        if not count:
            return []
        least = np.partition(similarity, -count)[-count]
        candidates = np.flatnonzero(similarity >= least)
        order = np.lexsort((candidates, -similarity[candidates]))
        return [int(number) for number in candidates[order][:count]]

    def vector_of(self, row: int) -> int:
        """The vector of a row's text."""
        return int(self._row_vector[row])

    def rows_of(self, vector: int) -> list[int]:
        """The rows that have a vector's text, the most useful first."""
        return self._rows[vector]

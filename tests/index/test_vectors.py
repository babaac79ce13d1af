import math
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the extra ai is not installed")

import numpy as np
from numpy.typing import NDArray

from index.postings import IndexUnavailable
from index.vectors import StoredVectors, write_vectors
from tests.index.fake_model import FakeEncoder

#: Of rows; the third is the first again.
TEXTS = ["Fever", "Cough", "Fever", "Headache", "Wound"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_vectors(tmp_path / "meaning.bin", TEXTS, FakeEncoder({"Cough": "Wound"}), lambda _: None)
    return tmp_path / "meaning.bin"


def test_each_distinct_text_is_read_once(tmp_path: Path) -> None:
    encoder = FakeEncoder({})
    shares: list[float] = []
    write_vectors(tmp_path / "meaning.bin", TEXTS, encoder, shares.append)
    assert encoder.encoded == ["Fever", "Cough", "Headache", "Wound"]
    assert shares == [1.0]


def test_rows_share_the_vector_of_their_text(path: Path) -> None:
    stored = StoredVectors(path)
    assert [stored.vector_of(row) for row in range(len(TEXTS))] == [0, 1, 0, 2, 3]
    assert [stored.rows_of(vector) for vector in range(4)] == [[0, 2], [1], [3], [4]]
    stored.close()


def test_similarities_are_cosines(path: Path) -> None:
    """Within what eight bits a number lose."""
    encoder = FakeEncoder({"Cough": "Wound"})
    stored = StoredVectors(path)
    found = stored.similarities(encoder.encode(["Fever", "Wound"]))
    exact = encoder.encode(["Fever", "Wound"]) @ encoder.encode(["Fever", "Cough", "Headache", "Wound"]).T
    assert found.shape == (2, 4)
    assert np.abs(found - exact).max() < 0.01
    assert math.isclose(found[0, 0], 1, abs_tol=0.01)
    stored.close()


def test_the_nearest_come_first_and_of_equals_the_first(path: Path) -> None:
    stored = StoredVectors(path)
    similarity = stored.similarities(FakeEncoder({}).encode(["Wound"])).max(axis=0)
    assert stored.nearest(similarity, 2, None) == [1, 3]
    assert stored.nearest(similarity, 1, None) == [1]
    assert len(stored.nearest(similarity, 9, None)) == 4
    of_rows = np.array([False, False, True, False, True])
    assert stored.nearest(similarity, 9, of_rows) == [3, 0]
    assert stored.nearest(similarity, 9, np.zeros(5, bool)) == []
    stored.close()


def test_more_vectors_than_are_widened_at_once(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(2500)]
    write_vectors(tmp_path / "meaning.bin", texts, FakeEncoder({}), lambda _: None)
    stored = StoredVectors(tmp_path / "meaning.bin")
    for number in (0, 1023, 1024, 2047, 2048, 2499):
        similarity = stored.similarities(FakeEncoder({}).encode([texts[number]])).max(axis=0)
        assert stored.nearest(similarity, 1, None) == [number]
    stored.close()


def test_of_long_vectors_the_telling_numbers_are_kept(tmp_path: Path) -> None:
    """Vectors of 400 numbers that differ in 200 directions only lose nothing."""
    turned = np.linalg.qr(np.random.default_rng(1).normal(size=(400, 400)))[0][:200].astype(np.float32)

    class Longer(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            shorter = super().encode(texts)[:, :200]
            return np.asarray(shorter / np.linalg.norm(shorter, axis=1, keepdims=True) @ turned, np.float32)

    texts = [f"text {number}" for number in range(500)]
    encoder = Longer({})
    write_vectors(tmp_path / "meaning.bin", texts, encoder, lambda _: None)
    stored = StoredVectors(tmp_path / "meaning.bin")
    found = stored.similarities(encoder.encode(texts[:3]))
    assert np.abs(found - encoder.encode(texts[:3]) @ encoder.encode(texts).T).max() < 0.02
    stored.close()


def test_a_damaged_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(IndexUnavailable, match="icdlens build --force"):
        StoredVectors(path)


def test_a_closed_file_is_let_go(path: Path) -> None:
    stored = StoredVectors(path)
    stored.similarities(FakeEncoder({}).encode(["Fever"]))
    stored.close()  # raises BufferError while something holds on to the mapped memory

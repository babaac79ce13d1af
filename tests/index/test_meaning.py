"""How similar meanings join what the words find: on the whole release, with a model of the tests' own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="the extra ai is not installed")

from core.release import Release
from core.snapshot import SnapshotStore
from index import build as compiler
from index.build import Progress, build
from index.hit import RowKind
from index.identity import CATALOG_FILE, INDEX_FOLDER, packaged_identity
from index.library import Library
from index.meaning import MEANING_FILE, query_text, reading_text
from index.models import Model
from index.query import QueryReader
from index.searcher import COMPILED_FILE, COMPLETION_FILE, Searcher
from index.vectors import write_vectors
from lsp_server.completion import suggest
from lsp_server.typed_search import find_while_typing
from tests.conftest import IN_FY2026
from tests.index.fake_model import Encoded, FakeEncoder, fake_model

#: Made-up words, and the official texts that the fake model takes them for.
MEANS = {
    "qxzvwjk": "Hydrocephalus",
    "qxzvwjk kjqzzwv": "Hydrocephalus",
    "wvzzqkx cholera": "Typhoid fever",
}


@dataclass(frozen=True)
class WithMeanings:
    searcher: Searcher
    encoder: FakeEncoder


@pytest.fixture(scope="module")
def prepared(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the release with the fake model's vectors."""
    folder = tmp_path_factory.mktemp("meaning")
    for name in (COMPILED_FILE, COMPLETION_FILE):
        (folder / name).symlink_to(library.snapshot.folder / INDEX_FOLDER / name)
    index = library.searcher._index
    texts = [index.text(row) for row in range(len(index.row_entry))]
    write_vectors(folder / MEANING_FILE, texts, FakeEncoder(MEANS), lambda _: None)
    return folder


@pytest.fixture
def opened(library: Library, prepared: Path) -> Iterator[WithMeanings]:
    encoder = FakeEncoder(MEANS)
    searcher = Searcher(prepared, library.catalog, fake_model(encoder))
    yield WithMeanings(searcher, encoder)
    searcher.close()


def test_a_text_of_other_words_is_found_and_says_so(opened: WithMeanings) -> None:
    first, second, *_ = opened.searcher.search("qxzvwjk", IN_FY2026)
    assert (first.code.text, first.kind, first.of) == ("G91.9", RowKind.SIMILAR_MEANING, "G91")
    assert first.why == 'similar meaning "Hydrocephalus" of G91'
    assert first.kind.key == "similar_meaning"
    assert dict(first.parts)["similarity of meaning"] == pytest.approx(1, abs=0.01)
    assert dict(first.parts)["score of the words"] == 0
    assert second.code.text == "G91"


def test_words_alone_where_no_meaning_is_asked_for(opened: WithMeanings, library: Library) -> None:
    assert opened.searcher.search("qxzvwjk", IN_FY2026, by_meaning=False) == []
    found = opened.searcher.search("kidney stone", IN_FY2026, by_meaning=False)
    assert found == library.search("kidney stone", IN_FY2026)
    assert opened.encoder.encoded == []


def test_what_is_like_nothing_finds_nothing(opened: WithMeanings) -> None:
    assert opened.searcher.search("kjqzzwv", IN_FY2026) == []
    assert opened.encoder.encoded == ["kjqzzwv"]


def test_words_that_match_keep_their_reason(opened: WithMeanings) -> None:
    [first] = opened.searcher.search("cholera", IN_FY2026, limit=1, billable_only=True)
    assert first.code.text == "A00.9"
    assert first.kind is RowKind.TITLE
    parts = dict(first.parts)
    assert first.score == pytest.approx(parts["score of the words"] + 0.7 * parts["similarity of meaning"])


def test_a_similar_meaning_comes_in_among_weak_words(opened: WithMeanings) -> None:
    codes = [hit.code.text for hit in opened.searcher.search("wvzzqkx cholera", IN_FY2026)]
    words = [h.code.text for h in opened.searcher.search("wvzzqkx cholera", IN_FY2026, by_meaning=False)]
    assert not any(code.startswith("A01") for code in words)
    assert "A01.00" in codes
    assert set(words[:2]) <= set(codes)


def test_similar_meanings_stay_in_the_chapter(opened: WithMeanings) -> None:
    assert opened.searcher.search("qxzvwjk", IN_FY2026, chapter="9") == []
    inside = opened.searcher.search("qxzvwjk", IN_FY2026, chapter="6")
    assert inside[0].code.text == "G91.9"


@pytest.mark.parametrize("query", ["", "  ", "724.9", "M53.9", "M5", "z"])
def test_what_has_no_word_is_not_compared(opened: WithMeanings, query: str) -> None:
    opened.searcher.search(query, IN_FY2026)
    assert opened.encoder.encoded == []


@pytest.mark.usefixtures("snapshot_data")
def test_no_package_is_imported_for_words_alone() -> None:
    asked = "list(lib.search('kidney stone', ON)); list(lib.search('kidney stone', ON, by_meaning=False))"
    code = (
        "import sys, datetime; from index.library import Library; ON = datetime.date(2026, 6, 1)\n"
        f"lib = Library.open(); {asked}\n"
        "print([name for name in ('numpy', 'onnxruntime', 'tokenizers') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_code_is_no_text_to_compare(opened: WithMeanings) -> None:
    assert opened.searcher.search("M53.9", IN_FY2026)[0].kind is RowKind.CODE
    assert opened.encoder.encoded == []


def test_a_server_loads_the_model_before_it_is_asked(opened: WithMeanings) -> None:
    opened.searcher.prepare()
    assert opened.encoder.encoded == ["pain"]


def test_completion_never_waits_for_a_model(opened: WithMeanings) -> None:
    assert opened.searcher.complete("hydroceph", IN_FY2026)
    assert opened.searcher.complete("qxzvwjk", IN_FY2026) == []
    assert opened.encoder.encoded == []


def test_nor_does_an_editor(library: Library, opened: WithMeanings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.__dict__, "searcher", opened.searcher)
    line = "Dx: hydrocephallus qxzvwjk"
    suggest(library, line, len(line), IN_FY2026)
    find_while_typing(library, "hydrocephallus qxzvwjk", IN_FY2026, limit=10)
    assert opened.encoder.encoded == []


def test_the_same_answer_each_time(library: Library, prepared: Path) -> None:
    answers = []
    for _ in range(2):
        searcher = Searcher(prepared, library.catalog, fake_model(FakeEncoder(MEANS)))
        answers.append([searcher.search(text, IN_FY2026) for text in ("qxzvwjk", "pain", "wvzzqkx cholera")])
        searcher.close()
    assert answers[0] == answers[1]


def test_what_is_compared(library: Library) -> None:
    index = library.searcher._index
    reader = QueryReader(index)
    first, *others = reader.readings("kidny  stone, T2DM")
    assert query_text("kidny  stone, T2DM", first) == "kidney stone, T2DM"
    assert reading_text(others[0], index).endswith("2 diabetes mellitus")


def test_a_snapshot_of_another_model_is_another(snapshot_data: Path) -> None:
    model = fake_model(FakeEncoder({}))
    assert packaged_identity(snapshot_data, model) != packaged_identity(snapshot_data)
    assert packaged_identity(snapshot_data, None) == packaged_identity(snapshot_data)


def test_the_snapshot_in_use_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build without meanings is used although one with them is still there, and the reverse."""
    model = fake_model(FakeEncoder({}))
    monkeypatch.setattr("index.library.find_model", lambda _: model)
    monkeypatch.setattr("index.library.Catalog", lambda _: None)
    store = SnapshotStore(tmp_path)
    for used in (model, None, model):
        store.build(packaged_identity(tmp_path, used), _manifest_of(used))
        assert Library.open(tmp_path).compares_meanings == (used is not None)
    monkeypatch.setattr("index.library.find_model", lambda _: None)
    assert not Library.open(tmp_path).compares_meanings  # the packages are gone, the other one is still there


def _manifest_of(model: Model | None) -> Callable[[Path], Mapping[str, Any]]:
    return lambda _: {"model": model.identity} if model else {}


def test_stopping_leaves_the_former_snapshot(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while vectors are computed; what comes before them is copied, not compiled again."""
    compiled = library.snapshot.folder

    def copy_facts(folder: Path, *_: object) -> tuple[Release, dict[str, int]]:
        shutil.copy(compiled / CATALOG_FILE, folder)
        return library.release, dict(library.snapshot.manifest["counts"])

    def copy_index(folder: Path, _: Progress) -> None:
        shutil.copytree(compiled / INDEX_FOLDER, folder / INDEX_FOLDER)

    monkeypatch.setattr(compiler, "_write_facts", copy_facts)
    monkeypatch.setattr(compiler, "write_index", copy_index)

    class Stopped(FakeEncoder):
        def encode_by_length(self, texts: Sequence[str]) -> Iterator[Encoded]:
            yield from islice(super().encode_by_length(texts), 2)
            raise KeyboardInterrupt

    store = SnapshotStore(tmp_path)
    former = store.build(packaged_identity(tmp_path), lambda _: {})
    with pytest.raises(KeyboardInterrupt):
        build(store, lambda *_: None, model=fake_model(Stopped({})))
    assert store.current() == former
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [former.folder.name]

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lsp_server.documents import Change, Document, Documents, Place
from lsp_server.positions import Encoding
from tests.lsp_server.test_positions import LETTERS, texts, width

edited = st.text(alphabet=LETTERS + "\r\n\r\n", max_size=8)
places = st.builds(Place, st.integers(0, 8), st.integers(0, 20))
changes = st.builds(Change, places, places, edited)


@dataclass
class Model:
    """The text as one string, with nothing cached: slow, and plainly right."""

    text: str

    def offset(self, place: Place, encoding: Encoding) -> int:
        line, column, before = 0, 0, ""
        for offset, character in enumerate(self.text):
            at_end = character in "\r\n"
            if line == place.line and (at_end or column + width(character, encoding) > place.column):
                # No place is inside \r\n: the line ended before its \r.
                return offset
            if at_end and not (character == "\r" and self.text[offset + 1 : offset + 2] == "\n"):
                line, column = line + 1, 0
            elif not at_end:
                column += width(character, encoding)
            before = character
        assert before == self.text[-1:]
        return len(self.text)

    def apply(self, change: Change, encoding: Encoding) -> None:
        end = self.offset(change.end, encoding)
        start = min(self.offset(change.start, encoding), end)
        self.text = self.text[:start] + change.text + self.text[end:]


@given(texts, st.lists(changes, max_size=8), st.sampled_from(Encoding))
@example(
    "a\r\nb", [Change(Place(0, 1), Place(1, 0), "\r"), Change(Place(1, 0), Place(1, 0), "\n")], Encoding.UTF16
)
def test_edits_keep_the_text_that_the_editor_has(text: str, edits: list[Change], encoding: Encoding) -> None:
    document, model = Document(text), Model(text)
    for edit in edits:
        document.apply(edit, encoding)
        model.apply(edit, encoding)
        assert document.text == model.text
        assert document._lines == Document(model.text)._lines  # no edit leaves a line end split or joined


@given(texts, places, st.sampled_from(Encoding))
def test_places_and_indexes_are_each_others_inverse(text: str, place: Place, encoding: Encoding) -> None:
    document = Document(text)
    number, index = document.locate(place, encoding)
    found = document.place(number, index, encoding)
    assert found <= place
    assert document.locate(found, encoding) == (number, index)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("a\rb", Change(Place(1, 0), Place(1, 0), "\n"), "a\r\nb"),
        ("a\r\nb", Change(Place(0, 1), Place(1, 0), ""), "ab"),
        ("a\nb", Change(Place(0, 1), Place(0, 1), "\r"), "a\r\nb"),
        ("a\r\r\nb", Change(Place(1, 0), Place(2, 0), "\n"), "a\r\nb"),
        ("a", Change(Place(0, 9), Place(7, 0), "b"), "ab"),
        ("a", Change(Place(5, 5), Place(9, 9), "\n"), "a\n"),
        ("", Change(Place(0, 0), Place(0, 0), "M53.9"), "M53.9"),
        ("abc", Change(Place(0, 2), Place(0, 1), "x"), "axbc"),  # ends before it starts
    ],
)
def test_an_edit(before: str, change: Change, after: str) -> None:
    document = Document(before)
    document.apply(change, Encoding.UTF16)
    assert document.text == after
    assert document.line(0) == after.partition("\r")[0].partition("\n")[0]


def test_a_place_behind_the_text_is_its_end() -> None:
    document = Document("ab\ncd")
    assert document.locate(Place(9, 0), Encoding.UTF16) == (1, 2)
    assert document.locate(Place(-1, 3), Encoding.UTF16) == (0, 0)


def test_a_document_lives_from_open_to_close() -> None:
    documents = Documents()
    documents.open("untitled:Untitled-1", "a")
    documents.change(
        "untitled:Untitled-1",
        [Change(Place(0, 1), Place(0, 1), "b"), "whole", Change(Place(0, 0), Place(0, 1), "W")],
    )
    document = documents.get("untitled:Untitled-1")
    assert document is not None
    assert document.text == "Whole"
    documents.close("untitled:Untitled-1")
    assert documents.get("untitled:Untitled-1") is None


def test_edits_count_in_the_negotiated_encoding() -> None:
    documents = Documents()
    documents.encoding = Encoding.UTF8
    documents.open("file:///n", "\U0001f600x")
    documents.change("file:///n", [Change(Place(0, 4), Place(0, 5), "y")])
    document = documents.get("file:///n")
    assert document is not None
    assert document.text == "\U0001f600y"


@pytest.mark.parametrize("uri", ["git:/n.txt?HEAD", "output:icdlens"])
def test_texts_beside_the_users_own_are_not_kept(uri: str) -> None:
    documents = Documents()
    documents.open(uri, "M53.9")
    assert documents.get(uri) is None


def test_what_is_not_open_is_neither_changed_nor_closed() -> None:
    documents = Documents()
    documents.change("file:///n", ["x"])
    documents.close("file:///n")
    assert documents.get("file:///n") is None

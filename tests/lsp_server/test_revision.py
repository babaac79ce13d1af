from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from lsp_server.documents import Document, Place
from lsp_server.positions import Encoding
from tests.lsp_server.test_positions import texts


@given(texts, st.sampled_from(Encoding))
def test_every_offset_has_the_place_that_the_document_gives_it(text: str, encoding: Encoding) -> None:
    document = Document(text)
    revision = document.revision("u", encoding)
    assert revision.text == text
    assert revision.size == len(text)
    for offset in range(len(text) + 1):
        position = revision.position(offset)
        number, index = document.locate(Place(position.line, position.character), encoding)
        start = revision.start_of(number)
        inside_end = text[start:offset].rstrip("\r\n") != text[start:offset]
        assert number == revision.line_of(offset)
        assert start + index == (revision.offset(position) if inside_end else offset)


@given(texts, st.sampled_from(Encoding), st.integers(0, 9), st.integers(0, 30))
def test_every_place_has_the_offset_that_the_document_gives_it(
    text: str, encoding: Encoding, line: int, column: int
) -> None:
    document = Document(text)
    revision = document.revision("u", encoding)
    number, index = document.locate(Place(line, column), encoding)
    assert revision.offset(types.Position(line, column)) == revision.start_of(number) + index


def test_a_revision_stays_when_the_document_changes() -> None:
    document = Document("a\nb")
    document.version, document.serial = 4, 1
    revision = document.revision("u", Encoding.UTF16)
    assert document.revision("u", Encoding.UTF16) is revision
    document._lines[0], document.serial = "x\n", 2
    assert (revision.text, revision.version) == ("a\nb", 4)
    assert document.revision("u", Encoding.UTF16).text == "x\nb"


def test_the_beginning_of_a_text_is_cut_near_its_reach() -> None:
    document = Document("abc\ndef\nghi")
    assert document.beginning(100) == "abc\ndef\nghi"
    assert document.beginning(5) == "abc\nd"
    assert document.beginning(4) == "abc\n"

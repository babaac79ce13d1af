"""The readers: what is not in the format they know is refused with file, line and reason."""

from datetime import date
from pathlib import Path

import pytest

from core.code import Code
from core.notes import NoteKind
from core.sources import SourceError
from core.sources.billable_validity import BillablePeriod, read_billable_validity
from core.sources.code_list import read_code_list
from core.sources.packaged import RELEASE, PackagedRelease, packaged_release
from core.sources.tabular_xml import SeventhCharacter, TabularNote, read_tabular

TABULAR = """\
<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <introduction><introSection type="title"><title>ICD-10-CM</title></introSection></introduction>
  <chapter>
    <name>13</name>
    <desc>Diseases of the bones (M00-M99)</desc>
    <notes><note>Use an external
 cause code</note></notes>
    <sectionIndex><sectionRef first="M50" last="M54" id="M50-M54">Other</sectionRef></sectionIndex>
    <section id="M50-M54">
      <desc>Other dorsopathies (M50-M54)</desc>
      <excludes1><note>discitis NOS (M46.4-)</note><note>current injury</note></excludes1>
      <diag>
        <name>M54</name>
        <desc>Ménière</desc>
        <useAdditionalCode><note>code</note></useAdditionalCode>
        <useAdditionalCode><note>other code</note></useAdditionalCode>
        <sevenChrNote><note>to be added</note></sevenChrNote>
        <sevenChrDef>
          <extension char="A">initial</extension>
          <extension char="B">open</extension><note>\topen NOS</note>
        </sevenChrDef>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


def tabular_with(tmp_path: Path, old: str, new: str) -> Path:
    assert old in TABULAR
    path = tmp_path / "tabular.xml"
    path.write_text(TABULAR.replace(old, new), encoding="utf-8")
    return path


def test_tabular(tmp_path: Path) -> None:
    tabular = read_tabular(tabular_with(tmp_path, "M54", "M54"))
    assert tabular.version == "2026"
    [chapter] = tabular.chapters
    assert chapter.notes == (TabularNote(NoteKind.NOTE, 2, "Use an external cause code"),)
    [block] = chapter.children
    assert (block.name, block.title) == ("M50-M54", "Other dorsopathies (M50-M54)")
    assert [(n.kind, n.text) for n in block.notes] == [
        (NoteKind.EXCLUDES1, "discitis NOS (M46.4-)"),
        (NoteKind.EXCLUDES1, "current injury"),
    ]
    [category] = block.children
    assert (category.name, category.title) == ("M54", "Ménière")
    groups = [n.group for n in category.notes if n.kind is NoteKind.USE_ADDITIONAL_CODE]
    assert len(set(groups)) == 2
    assert category.seventh_characters == (
        SeventhCharacter("A", "initial"),
        SeventhCharacter("B", "open", ("open NOS",)),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<desc>Ménière</desc>", "<desc>Ménière</desk>", r"tabular.xml, line 16: not well-formed XML"),
        ("<name>M54</name>", "", r"line 14: <diag> without a name"),
        ("<desc>Ménière</desc>", "", r"line 14: <diag> without a title"),
        ("<version>2026</version>", "<version/><news/>", None),
        ("<name>M54</name>", "<name>M54</name><excludes3/>", r"line 15: unknown element <excludes3>"),
        ("<note>code</note>", "<code>Z00</code>", r"line 17: unknown element in <useAdditionalCode>"),
        ('char="A"', 'char="AB"', r"line 21: a 7th character without its meaning"),
        (
            '<extension char="A">initial</extension>',
            "<note>stray</note>",
            r"line 21: unexpected <note> in <sevenChrDef>",
        ),
        ("ICD10CM.tabular", "ICD10CM.index", r"line 2: this is not a Tabular List but <ICD10CM.index>"),
        ("<chapter>", "<chapitre>", r"not well-formed"),
        (
            "<ICD10CM.tabular>",
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ICD10CM.tabular>',
            r"a document type or entity is not allowed",
        ),
    ],
)
def test_tabular_damage_is_named(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    path = tabular_with(tmp_path, old, new)
    if message is None:
        assert read_tabular(path).chapters
    else:
        with pytest.raises(SourceError, match=message):
            read_tabular(path)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xff\xfe", b"<a>", b"plain text"])
def test_tabular_of_junk_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk.xml"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"junk.xml"):
        read_tabular(path)


def test_tabular_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent.xml: cannot be read"):
        read_tabular(tmp_path / "absent.xml")


def test_tabular_without_chapters(tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    path.write_text("<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>")
    with pytest.raises(SourceError, match="has no chapter"):
        read_tabular(path)


def test_code_list(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"1\r\nB20\r\nB20\r\nA00-B99\r\nS72001A\r\nQA00101")
    assert read_code_list(path) == (Code("B20"), Code("S72.001A"), Code("QA0.0101"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"A00\nm539\n", "list.txt, line 2: 'm539' is no chapter, block or code"),
        (b"1\n2\n", "the list holds no code"),
        (b"", "the list holds no code"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_code_list_damage_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_code_list(path)


def test_billable_validity(tmp_path: Path) -> None:
    path = tmp_path / "validity.tsv"
    path.write_text(
        "code\tbillable_from\tbillable_through\nA04.7\t2019-10-01\t\nA04.7\t2015-10-01\t2017-09-30\n"
    )
    assert read_billable_validity(path) == {
        Code("A04.7"): (
            BillablePeriod(date(2015, 10, 1), date(2017, 9, 30)),
            BillablePeriod(date(2019, 10, 1), None),
        )
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A04.7\t2015-10-01", "line 2: 2 columns where 3 belong"),
        ("A04.7\tsoon\t", "line 2: not a date"),
        ("A04.7\t2015-10-01\t2015-09-30", "line 2: A04.7 ends before it starts"),
        ("E888.9\t2015-10-01\t", "line 2: 'E888.9' is not an ICD-10-CM code"),
        ("", "line 2: 0 columns"),
    ],
)
def test_billable_validity_damage_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "validity.tsv"
    path.write_text(f"code\tbillable_from\tbillable_through\n{row}\n")
    with pytest.raises(SourceError, match=message):
        read_billable_validity(path)


@pytest.mark.parametrize("content", [b"", b"code,from\n", b"\xff\xfe"])
def test_billable_validity_of_another_format(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "validity.tsv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"validity.tsv"):
        read_billable_validity(path)


def test_the_packaged_release_is_found_without_importing_it(packaged: PackagedRelease) -> None:
    import sys

    assert packaged.release == RELEASE
    assert "simple_icd_10_cm" not in sys.modules


def test_a_packaged_file_of_another_release_is_refused(tmp_path: Path, packaged: PackagedRelease) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / packaged.tabular.name).write_text(TABULAR, encoding="utf-8")
    with pytest.raises(SourceError, match=r"this is not the file of simple-icd-10-cm==1.5.0; .*pip install"):
        packaged_release(lambda _: tmp_path)


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"pip install --force-reinstall simple-icd-10-cm==1.5.0"):
        packaged_release(lambda _: None)

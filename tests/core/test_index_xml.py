"""The Alphabetic Index, the External Cause Index, and the tables of neoplasms and drugs, in CDC's XML."""

from collections import Counter
from pathlib import Path

import pytest

from core.alphabetic_index import IndexTerm
from core.code import Code
from core.sources import SourceError
from core.sources.code_tables import TableKind, read_code_table
from core.sources.index_xml import read_index_xml

OFFICIAL = Path(__file__).parents[3] / "shared" / "official" / "fy2026-april"
needs_official = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="needs the XML of April 2026 in ../shared/official/fy2026-april"
)

INDEX = """\
<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2026</version>
  <title>ICD-10-CM INDEX</title>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abasia<nemod>(-astasia) (hysterical)</nemod> NEC</title>
      <code>F44.4</code>
    </mainTerm>
    <mainTerm>
      <title>Accident<nemod>(to)</nemod></title>
      <code>X58</code>
      <term level="1">
        <title>boat</title>
        <seeAlso>Accident, watercraft</seeAlso>
        <term level="2"><title>lightning</title><subcat>T75.0</subcat></term>
      </term>
      <term level="1"><title>kidney</title><code>E11.2-</code><manif>[N08]</manif></term>
      <term level="1"><title>in bed</title><seecat>T71</seecat></term>
      <term level="1"><title>car</title><see>Accident, boat</see></term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""

TABLE = """\
<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2026</version>
  <indexHeading>
    <head col="1">Neoplasm</head>
    <head col="2">Malignant Primary</head>
    <head col="3">Malignant Secondary</head>
    <head col="4">Ca in situ</head>
    <head col="5">Benign</head>
    <head col="6">Uncertain Behavior</head>
    <head col="7">Unspecified Behavior</head>
  </indexHeading>
  <letter>
    <title>N</title>
    <mainTerm>
      <title>Neoplasm</title>
      <cell col="2">C80.1</cell>
      <cell col="3">--</cell>
      <cell col="4">-</cell>
      <term level="1"><title>breast</title><cell col="2">C50.-</cell></term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""


def write(tmp_path: Path, text: str, old: str = "", new: str = "") -> Path:
    assert old in text
    path = tmp_path / "icd10cm-index-2026.xml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def terms_of(path: Path) -> dict[str, IndexTerm]:
    return {", ".join(term.path): term for term in read_index_xml(path).terms}


def test_terms_of_the_index(tmp_path: Path) -> None:
    path = write(tmp_path, INDEX)
    assert read_index_xml(path).fiscal_year == 2026
    terms = terms_of(path)
    assert list(terms) == [
        "Abasia NEC",
        "Accident",
        "Accident, boat",
        "Accident, boat, lightning",
        "Accident, kidney",
        "Accident, in bed",
        "Accident, car",
    ]
    assert [term.number for term in terms.values()] == [1, 2, 3, 4, 5, 6, 7]
    assert [term.parent for term in terms.values()] == [None, None, 2, 3, 2, 2, 2]
    assert terms["Abasia NEC"].modifiers == (("-astasia", "hysterical"),)
    lightning, kidney = terms["Accident, boat, lightning"].code, terms["Accident, kidney"]
    assert lightning is not None
    assert (lightning.text, lightning.code) == ("T75.0-", Code("T75.0"))
    assert kidney.manifestation is not None
    assert kidney.manifestation.code == Code("N08")
    assert terms["Accident, boat"].see_also == "Accident, watercraft"
    assert terms["Accident, in bed"].see == "category T71"
    assert terms["Accident, car"].see == "Accident, boat"


_ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<code>F44.4</code>", "<code>F44.4</cod>", r"line 9: not well-formed XML"),
        ("<code>F44.4</code>", "<code>F4</code>", r"line 9: 'F4' is not a code as the Index prints it"),
        ("<code>F44.4</code>", "<kode>F44.4</kode>", r"line 9: unknown element <kode>"),
        ("<title>boat</title>", "", r"line 14: <term> without a title"),
        ('<term level="2">', '<term level="3">', r"line 17: <term> of level '3' within 2"),
        ("<version>2026</version>", "", r"line 2: the file does not say which year"),
        ('<?xml version="1.0" encoding="utf-8"?>', _ENTITIES, r"a document type or entity is not allowed"),
        ("utf-8", "klingon", r"line 1: not well-formed XML"),
        ("</ICD10CM.index>", "", r"not well-formed XML"),
        ("hysterical", "h" * 70_000, r"a text longer than 64 KB"),
    ],
)
def test_what_is_no_index_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(
        SourceError, match=rf"^icd10cm-index-2026.xml(, {message}|: {message}|, line .*{message})"
    ):
        read_index_xml(write(tmp_path, INDEX, old, new))


def test_elements_within_elements_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="elements within 64 others"):
        read_index_xml(write(tmp_path, "<ICD10CM.index>" * 100_000))


def test_a_tabular_list_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"this is not an Index but <ICD10CM.tabular>"):
        read_index_xml(write(tmp_path, "<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>"))


def test_rows_of_a_table(tmp_path: Path) -> None:
    table = read_code_table(write(tmp_path, TABLE), TableKind.NEOPLASMS)
    assert table.fiscal_year == 2026
    assert table.columns[0] == "Malignant Primary"
    whole, breast = table.rows
    assert [code and code.text for code in whole.codes] == ["C80.1", None, None, None, None, None]
    assert breast.path == ("Neoplasm", "breast")
    assert breast.parent == 1
    assert breast.codes[0] is not None
    assert breast.codes[0].code == Code("C50")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<cell col="3">--', '<cell col="2">--', r"line 18: a cell in column '2'"),
        ('<cell col="3">--', '<cell col="8">--', r"line 18: a cell in column '8'"),
        ("C80.1", "C8", r"line 17: 'C8' is not a code"),
        ("Benign", "Harmless", r"line 4: a column 'Harmless' where 'benign' belongs"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_code_table(write(tmp_path, TABLE, old, new), TableKind.NEOPLASMS)


def test_one_table_is_not_taken_for_the_other(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match="a column 'Malignant Primary' where 'poisoning accidental' belongs"
    ):
        read_code_table(write(tmp_path, TABLE), TableKind.DRUGS)


# Counts of elements in the official files, given with them.


@needs_official
def test_the_official_external_cause_index() -> None:
    index = read_index_xml(OFFICIAL / "icd10cm-eindex-April-1-2026-XML.xml")
    assert index.fiscal_year == 2026
    assert sum(term.parent is None for term in index.terms) == 314
    assert sum(term.parent is not None for term in index.terms) == 7_776
    text = (OFFICIAL / "icd10cm-eindex-April-1-2026-XML.xml").read_text(encoding="utf-8")
    assert sum(t.code is not None for t in index.terms) == text.count("<code>") + text.count("<subcat>")
    assert sum(t.see is not None for t in index.terms) == text.count("<see>") + text.count("<seecat>")


@needs_official
@pytest.mark.parametrize(
    ("name", "kind", "main", "sub"),
    [("drug", TableKind.DRUGS, 5_179, 2_251), ("neoplasm", TableKind.NEOPLASMS, 1, 1_939)],
)
def test_the_official_tables(name: str, kind: TableKind, main: int, sub: int) -> None:
    path = OFFICIAL / f"icd10cm-{name}-April-1-2026-XML.xml"
    table = read_code_table(path, kind)
    assert Counter(row.parent is None for row in table.rows) == {True: main, False: sub}
    text = path.read_text(encoding="utf-8")
    cells = text.count("<cell ") - text.count(">--</cell>") - text.count(">-</cell>")
    assert sum(code is not None for row in table.rows for code in row.codes) == cells

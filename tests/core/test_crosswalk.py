"""A user's crosswalk. The codes and labels are invented: this project holds no CPT code."""

from pathlib import Path

import pytest

from core.code import Code
from core.crosswalk import Crosswalk, CrosswalkRow, crosswalk_source, read_crosswalk
from core.sources import SourceError

HEADER = "code,cpt,label,group,note\n"


def made(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(tmp_path: Path, rows: str) -> Crosswalk:
    return read_crosswalk(made(tmp_path, HEADER + rows))


def test_a_row_is_kept_word_by_word(tmp_path: Path) -> None:
    found = read(tmp_path, ' m539 ,00000,"Invented, with a comma",  First   group ,"said ""so"""\n')
    assert found == Crosswalk(
        (CrosswalkRow(2, Code("M53.9"), "00000", "Invented, with a comma", "First group", 'said "so"'),), ()
    )


@pytest.mark.parametrize(
    ("written", "matched", "unmatched"),
    [
        ("M53.9", ["M53.9"], ["M53", "M53.8", "M54.9"]),
        ("M53", ["M53", "M53.9", "M53.81"], ["M54", "M5A"]),
        ("M54.-", ["M54", "M54.50"], ["M53.9"]),
        ("M54.*", ["M54", "M54.50"], ["M53.9"]),
        ("M54.x", ["M54", "M54.50"], ["M53.9"]),
        ("M54.X", ["M54", "M54.50"], ["M53.9"]),
        ("M54-", ["M54", "M54.50"], ["M53.9"]),
        ("M53*", ["M53", "M53.9"], ["M54"]),
        ("M54.5-", ["M54.5", "M54.50"], ["M54.4"]),
        ("S72.00-", ["S72.001A"], ["S72.01"]),
        ("W21.8X*", ["W21.8X", "W21.8XXA"], ["W21.89XA"]),
        ("W21.89X", ["W21.89XA"], ["W21.81XA"]),
    ],
)
def test_codes_headings_and_wildcards(
    tmp_path: Path, written: str, matched: list[str], unmatched: list[str]
) -> None:
    found = read(tmp_path, f"{written},00000,Invented,,\n")
    assert found.faults == ()
    assert all(found.matches(Code(text)) == found.rows for text in matched)
    assert not any(found.matches(Code(text)) for text in unmatched)


def test_the_nearest_row_comes_first_and_counts_for_its_cpt(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "M54,00000,general,,\nM54,00001,other,,\nM54.5-,00000,nearer,,\nM54,00000,second group,B,\n",
    )
    assert [row.label for row in found.matches(Code("M54.50"))] == ["nearer", "other", "second group"]
    assert [row.label for row in found.matches(Code("M54.9"))] == ["general", "other", "second group"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("M53.9,00000,a,b", "4 cells where 5 belong"),
        ("M53.9,00000,a,b,c,d", "6 cells where 5 belong"),
        ("E888.9,00000,a,b,c", "'E888.9' is not an ICD-10-CM code: the dot stands after the third character"),
        ("M5*,00000,a,b,c", "'M5' is not an ICD-10-CM code: a code has at least three characters"),
        (",00000,a,b,c", "'' is not an ICD-10-CM code: the text is empty"),
        ("M53.9,,a,b,c", "'' does not look like a CPT code, which has five characters"),
        ("M53.9,0000,a,b,c", "'0000' does not look like a CPT code, which has five characters"),
        ("M53.9,00000-59,a,b,c", "'00000-59' does not look like a CPT code, which has five characters"),
        (f"M53.9,00000,{'a' * 501},b,c", "the label is longer than 500 characters"),
        ("M53.9,00000,a,b,\x1b[31mred", "the note holds a character that cannot be printed"),
        ("M53.9,00000,a\u202eb,b,c", "the label holds a character that cannot be printed"),
        ("m539,00000,again,G,c", "M53.9 with 00000 stands in line 2 already"),
    ],
)
def test_a_faulty_row_is_named_and_the_others_stay(tmp_path: Path, row: str, fault: str) -> None:
    found = read(tmp_path, f"M53.9,00000,first,G,\n{row}\nM54.9,00001,last,,\n")
    assert found.faults == (f"mine.csv, line 3: {fault}.",)
    assert [row.label for row in found.rows] == ["first", "last"]


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    found = read(tmp_path, '\nM53.9,00000,"two\nlines",,\n,,,,\nM54.9,0,,,\n')
    assert [(row.line, row.label) for row in found.rows] == [(3, "two lines")]
    assert found.faults[0].startswith("mine.csv, line 6: ")


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffcode,cpt,label,group,note\r\nM53.9,00000,Ménière,,\r\n".encode(),
        b"CODE, Cpt ,Label,Group,Note\nM53.9,00000,M\xc3\xa9ni\xc3\xa8re,,",
        b'"code","cpt","label","group","note"\r\n"M53.9","00000","M\xc3\xa9ni\xc3\xa8re","",""\r\n\r\n',
    ],
)
def test_the_ways_programs_save_csv(tmp_path: Path, data: bytes) -> None:
    found = read_crosswalk(made(tmp_path, data))
    assert [(row.below.text, row.label) for row in found.rows] == [("M53.9", "Ménière")]
    assert found.faults == ()


def test_a_header_alone_is_an_empty_crosswalk(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Crosswalk((), ())


@pytest.mark.parametrize("cpt", ["00000", "0000f", "0000U", "X0000"])
def test_the_shapes_of_a_cpt_code(tmp_path: Path, cpt: str) -> None:
    assert [row.cpt for row in read(tmp_path, f"M53.9,{cpt},,,\n").rows] == [cpt.upper()]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"mine.csv, line 1: the first line must be code,cpt,label,group,note"),
        (b"code;cpt;label;group;note\n", r"line 1: the first line must be"),
        (b"cpt,code,label,group,note\n", r"line 1: the first line must be"),
        (b"code,cpt,label,group,note,more\n", r"line 1: the first line must be"),
        (HEADER.encode() + b"M53.9,00000,M\xe9ni\xe8re,,\n", r"line 2: not UTF-8 text; save it as CSV UTF-8"),
        (HEADER.encode("utf-16"), r"line 1: not UTF-8 text"),
        (HEADER.encode() + b'M53.9,00000,"open,,\n\n', r"line 3: cannot be read"),
        (HEADER.encode() + b'M53.9,00000,"a"b,,\n', r"line 2: cannot be read"),
        (HEADER.encode() + b"M53.9,00000," + b"a" * 200_000, r"line 2: cannot be read"),
        (HEADER.encode() + b"\n" * 5_000_000, r"mine.csv: it is larger than 5 MB"),
    ],
)
def test_another_file_is_refused_whole(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_crosswalk(made(tmp_path, data))


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(SourceError, match=r"cannot be read"):
            read_crosswalk(path)


def test_a_file_of_faults_is_summed_up(tmp_path: Path) -> None:
    found = read(tmp_path, "oops\n" * 250)
    assert len(found.faults) == 101
    assert found.faults[-1] == "mine.csv: 150 more rows cannot be used."


def test_the_source_names_the_users_file() -> None:
    source = crosswalk_source(Path("folder/mine.csv"))
    assert (source.name, source.edition) == ("mine.csv", "from your file")

"""The General Equivalence Mappings: made files in the official columns, and the real ones of 2018."""

from collections import Counter
from pathlib import Path

import pytest

from core.code import Code
from core.icd9 import Direction, Equivalence, Icd9Code
from core.sources import SourceError
from core.sources.gem import FILES, read_gem, read_gems

OFFICIAL = Path(__file__).parents[3] / "shared" / "official" / "gem-2018"

needs_official = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="needs the files of the GEMs 2018 in ../shared/official/gem-2018"
)

TO_ICD10 = (
    "7249  M438X9  10000\r\n"
    "7249  M539    10000\r\n"
    "36570 NoDx    11000\r\n"
    "24941 E0821   10111\r\n"
    "24941 E0865   10112\r\n"
)
TO_ICD9 = "M539    7249  10000\r\nA000    0010  00000\r\nR29700  NoDx  11000\r\nZ7151   v6542 10000\r\n"


def made(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "2018_I9gem.txt"
    path.write_bytes(text.encode())
    return path


def plain(direction: Direction, icd9: str | None, icd10: str | None, *, exact: bool = False) -> Equivalence:
    return Equivalence(
        direction,
        Icd9Code(icd9) if icd9 else None,
        Code(icd10) if icd10 else None,
        not exact,
        False,
        0,
        0,
    )


def test_to_icd10(tmp_path: Path) -> None:
    way = Direction.TO_ICD10
    assert read_gem(made(tmp_path, TO_ICD10), way) == (
        plain(way, "724.9", "M43.8X9"),
        plain(way, "724.9", "M53.9"),
        plain(way, "365.70", None),
        Equivalence(way, Icd9Code("249.41"), Code("E08.21"), True, True, 1, 1),
        Equivalence(way, Icd9Code("249.41"), Code("E08.65"), True, True, 1, 2),
    )


def test_to_icd9(tmp_path: Path) -> None:
    way = Direction.TO_ICD9
    rows = read_gem(made(tmp_path, TO_ICD9), way)
    assert rows == (
        plain(way, "724.9", "M53.9"),
        plain(way, "001.0", "A00.0", exact=True),
        plain(way, None, "R29.700"),
        plain(way, "V65.42", "Z71.51"),  # one line of the official file has a small v
    )
    assert [row.no_map for row in rows] == [False, False, True, False]


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    way = Direction.TO_ICD10
    whole = read_gem(made(tmp_path, TO_ICD10), way)
    assert read_gem(made(tmp_path, TO_ICD10.replace("\r\n", "\n").rstrip()), way) == whole


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("7249  M539    10000", "7249  M539   10000", r"line 2: '7249  M539   10000' is not in columns like"),
        ("7249  M539    10000", "M539    7249  10000", r"line 2: 'M539' is not an ICD-9-CM"),
        ("7249  M539    10000", "", r"line 2: '' is not in columns"),
        ("7249  M539    10000", "7249  M539    10002", r"line 2: the flags 10002 make half a combination"),
        ("7249  M539    10000", "7249  M539    20000", r"line 2: .* is not in columns"),
        ("7249  M539    10000", "7249  M539    11000", r"line 2: target M539 with the flag no map 1"),
        ("36570 NoDx    11000", "36570 NoDx    10000", r"line 3: target NoDx with the flag no map 0"),
        ("36570 NoDx    11000", "3657X NoDx    11000", r"line 3: '3657X' is not an ICD-9-CM diagnosis code"),
        ("7249  M539    10000", "7249  m539    10000", r"line 2: 'm53.9' is not in official form"),
        ("7249  M539    10000", "7249  M5é9    10000", r"line 2: a character that is not ASCII"),
    ],
)
def test_damage_is_named_and_nothing_is_read(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TO_ICD10
    with pytest.raises(SourceError, match=r"2018_I9gem.txt, " + message):
        read_gem(made(tmp_path, TO_ICD10.replace(old, new)), Direction.TO_ICD10)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"2018_I9gem.txt: the file is empty"):
        read_gem(made(tmp_path, ""), Direction.TO_ICD10)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"larger than 16 MB"):
        read_gem(made(tmp_path, "7249  M539    10000\r\n" * 900_000), Direction.TO_ICD10)


def test_both_files_are_needed(tmp_path: Path) -> None:
    made(tmp_path, TO_ICD10)
    with pytest.raises(SourceError, match=r"2018_I10gem.txt: cannot be read"):
        read_gems(tmp_path)
    (tmp_path / "2018_I10gem.txt").write_bytes(TO_ICD9.encode())
    assert Counter(row.direction for row in read_gems(tmp_path)) == {
        Direction.TO_ICD9: 4,
        Direction.TO_ICD10: 5,
    }


@needs_official
@pytest.mark.parametrize(("direction", "lines"), [(Direction.TO_ICD10, 24_860), (Direction.TO_ICD9, 81_593)])
def test_the_real_files_are_read_line_by_line(direction: Direction, lines: int) -> None:
    path = OFFICIAL / FILES[direction]
    rows = read_gem(path, direction)
    assert len(rows) == lines
    assert [written(row) for row in rows] == [
        (source, target.upper(), flags)
        for source, target, flags in (line.split() for line in path.read_text(encoding="ascii").splitlines())
    ]


def written(row: Equivalence) -> tuple[str, str, str]:
    """A line as its three words, put together again from the parsed row; the target in capitals."""
    sides = [side.text.replace(".", "") if side else "NODX" for side in (row.icd9, row.icd10)]
    source, target = sides if row.direction is Direction.TO_ICD10 else reversed(sides)
    flags = (row.approximate, row.no_map, row.combination, row.scenario, row.choice_list)
    return source, target, "".join(str(int(flag)) for flag in flags)


@needs_official
def test_724_9_has_two_targets() -> None:
    rows = read_gems(OFFICIAL)
    there = [row for row in rows if row.direction is Direction.TO_ICD10 and row.icd9 == Icd9Code("724.9")]
    back = [row for row in rows if row.direction is Direction.TO_ICD9 and row.icd10 == Code("M53.9")]
    assert [row.icd10 for row in there] == [Code("M43.8X9"), Code("M53.9")]
    assert [row.icd9 for row in back] == [Icd9Code("724.9")]
    assert all(row.approximate and not row.combination for row in (*there, *back))

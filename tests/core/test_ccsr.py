"""CCSR: made files in AHRQ's layout, whose cells stand in single quotes."""

import zipfile
from pathlib import Path

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.ccsr import CcsrCategory, CcsrRow, read_ccsr

NAME = "DXCCSR_v2026-1.csv"
HEADS = [
    "ICD-10-CM CODE",
    "ICD-10-CM CODE DESCRIPTION",
    *(f"Default CCSR CATEGORY {'DESCRIPTION ' * is_text}{of}" for of in ("IP", "OP") for is_text in (0, 1)),
    *(f"CCSR CATEGORY {n}{' DESCRIPTION' * is_text}" for n in range(1, 7) for is_text in (0, 1)),
    "Rationale for Default Assignment",
]
HEAD = ",".join(f"'{head}'" for head in HEADS)
INTESTINAL, BACTERIAL = "Intestinal infection", "Bacterial infections"


def line(code: str, title: str, inpatient: str, outpatient: str, *categories: tuple[str, str]) -> str:
    names = dict(categories)
    defaults = [cell for name in (inpatient, outpatient) for cell in (f"'{name}'", names.get(name, "None"))]
    listed = [cell for name, text in categories for cell in (f"'{name}'", text)]
    listed += ["' '", ""] * (6 - len(categories))
    return ",".join([f"'{code}'", f'"{title}"', *defaults, *listed, "06 Infectious conditions"])


CHOLERA = line(
    "A009", "Cholera, unspecified", "DIG001", "DIG001", ("DIG001", INTESTINAL), ("INF003", BACTERIAL)
)
AGENT = line("B9620", "Unspecified E. coli", "XXX000", "INF003", ("INF003", BACTERIAL))
ROWS = (
    CcsrRow(
        Code("A00.9"),
        (CcsrCategory("DIG001", INTESTINAL, True, True), CcsrCategory("INF003", BACTERIAL, False, False)),
    ),
    CcsrRow(Code("B96.20"), (CcsrCategory("INF003", BACTERIAL, False, True),)),
)


def written(folder: Path, text: str, name: str = NAME) -> Path:
    path = folder / name
    path.write_bytes(text.encode("cp1252"))
    return path


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_file(tmp_path: Path, end: str) -> None:
    found = read_ccsr(written(tmp_path, end.join([HEAD, CHOLERA, AGENT, ""])))
    assert (found.version, found.rows) == ("v2026.1", ROWS)


def test_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "DXCCSR-v2026-1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(NAME, f"{HEAD}\n{CHOLERA}\n")
        archive.writestr("DXCCSR-Reference-File-v2026-1.xlsx", b"PK")
    assert read_ccsr(path).rows == ROWS[:1]


def test_a_text_that_is_not_utf8(tmp_path: Path) -> None:
    accented = line("G600", "Charcot-Marie-Tooth; Déjérine", "NVS020", "NVS020", ("NVS020", "Other"))
    assert read_ccsr(written(tmp_path, f"{HEAD}\n{accented}\n")).rows[0].code == Code("G60.0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the first line must name ICD-10-CM CODE"),
        (HEAD.replace("OP'", "ED'") + "\n", "line 1: the first line must name"),
        (f"{HEAD}\n", "the file holds no code"),
        (f"{HEAD}\n{CHOLERA},x\n", "line 2: 20 columns where 19 belong"),
        (f"{HEAD}\n{CHOLERA}\n{CHOLERA}\n", "line 3: A00.9 stands there twice"),
        (f"{HEAD}\n{CHOLERA.replace('A009', 'A0.09')}\n", "line 2: .*ICD-10-CM code"),
        (f"{HEAD}\n{CHOLERA.replace('INF003', 'infec')}\n", "line 2: 'infec' is no CCSR category"),
        (f"{HEAD}\n" + CHOLERA.replace("'DIG001'", "'DIG002'", 1), "the default 'DIG002' is none of its"),
        (f"{HEAD}\n{'x' * 3000}\n", "line 2: longer than 2000 bytes"),
    ],
)
def test_damage_is_named_and_nothing_is_read(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_ccsr(written(tmp_path, text))


def test_the_name_tells_the_version(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its name does not tell the version"):
        read_ccsr(written(tmp_path, f"{HEAD}\n{CHOLERA}\n", "ccsr.csv"))

"""Small releases in the exact official formats: a few real codes with their official titles.

What is billable when is that of the official years: M54.5 became a heading on 2021-10-01, G35 on 2025-10-01.
"""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from core.release import fiscal_year
from tests.core.order_lines import line

FY2021, FY2022 = date(2020, 10, 1), date(2021, 10, 1)
FY2025, APRIL_2025, FY2026 = date(2024, 10, 1), date(2025, 4, 1), date(2025, 10, 1)

_M54_5 = ("M54.5", "Low back pain")
_LOW_BACK = (
    ("M54.50", "Low back pain, unspecified"),
    ("M54.51", "Vertebrogenic low back pain"),
    ("M54.59", "Other low back pain"),
)
_G35 = ("G35", "Multiple sclerosis")
_SCLEROSES = (
    ("G35.A", "Relapsing-remitting multiple sclerosis"),
    ("G35.D", "Multiple sclerosis, unspecified"),
)
_FALL = ("W19", "Unspecified fall")
_ENCOUNTERS = {"A": "initial encounter", "D": "subsequent encounter", "S": "sequela"}


@dataclass(frozen=True)
class SmallRelease:
    """What a small release holds; ``note`` is printed at M54, so that releases can differ in a note."""

    effective: date
    note: str = "psychogenic dorsalgia (F45.41)"

    @property
    def year(self) -> int:
        return fiscal_year(self.effective)

    @property
    def tag(self) -> str:
        """As it stands in file names."""
        return f"April-{self.year}" if self.effective.month == 4 else str(self.year)

    @property
    def scleroses(self) -> tuple[tuple[str, str], ...]:
        return _SCLEROSES if self.effective >= FY2026 else ()

    @property
    def low_back(self) -> tuple[tuple[str, str], ...]:
        return _LOW_BACK if self.effective >= FY2022 else ()

    def rows(self) -> Iterator[tuple[str, int, str]]:
        """Code without its dot, flag and title, in order."""
        yield "G35", int(not self.scleroses), _G35[1]
        yield from ((code.replace(".", ""), 1, title) for code, title in self.scleroses)
        yield "M54", 0, "Dorsalgia"
        yield "M545", int(not self.low_back), _M54_5[1]
        yield from ((code.replace(".", ""), 1, title) for code, title in self.low_back)
        yield "M549", 1, "Dorsalgia, unspecified"
        yield "W19", 0, _FALL[1]
        yield from ((f"W19XXX{c}", 1, f"{_FALL[1]}, {meaning}") for c, meaning in _ENCOUNTERS.items())

    def order(self, end: str = "\r\n") -> str:
        rows = (
            line(n, code, flag, title[:60], title) for n, (code, flag, title) in enumerate(self.rows(), 1)
        )
        return "".join(f"{row}{end}" for row in rows)

    def tabular(self) -> str:
        g35 = _diag(*_G35, below="".join(_diag(*code) for code in self.scleroses))
        m545 = _diag(*_M54_5, below="".join(_diag(*code) for code in self.low_back))
        excludes = f"<excludes1><note>{escape(self.note)}</note></excludes1>"
        m54 = _diag("M54", "Dorsalgia", excludes + m545 + _diag("M54.9", "Dorsalgia, unspecified"))
        seventh = "".join(f'<extension char="{c}">{m}</extension>' for c, m in _ENCOUNTERS.items())
        w19 = _diag(*_FALL, below=f"<sevenChrDef>{seventh}</sevenChrDef>")
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.tabular>\n<version>{self.year}</version>\n'
            + _chapter("6", "Diseases of the nervous system (G00-G99)", "G35-G37", g35)
            + _chapter("13", "Diseases of the musculoskeletal system (M00-M99)", "M50-M54", m54)
            + _chapter("20", "External causes of morbidity (V00-Y99)", "W00-W19", w19)
            + "</ICD10CM.tabular>\n"
        )

    def index(self) -> str:
        printed = "M54.5-" if self.low_back else "M54.5"
        return _index(
            self.year,
            "<letter><title>L</title><mainTerm><title>Lumbago<nemod>(acute)</nemod>, lumbalgia</title>"
            f"<code>{printed}</code></mainTerm></letter>"
            "<letter><title>P</title><mainTerm><title>Pain<nemod>(s)</nemod></title><code>R52</code>"
            f'<term level="1"><title>low back</title><code>{printed}</code></term>'
            '<term level="1"><title>lumbar region</title><see>Pain, low back</see></term>'
            "</mainTerm></letter>",
        )

    def external_causes(self) -> str:
        return _index(
            self.year,
            "<letter><title>F</title><mainTerm><title>Fall, falling<nemod>(accidental)</nemod></title>"
            "<code>W19</code></mainTerm></letter>",
        )

    def neoplasms(self) -> str:
        heads = "Neoplasm|Malignant Primary|Malignant Secondary|Ca in situ|Benign|Uncertain Behavior"
        cells = ("C80.1", "C79.9", "D09.9", "D36.9", "D48.9", "D49.9")
        return _table(self.year, f"{heads}|Unspecified Behavior", "Neoplasm, neoplastic", cells)

    def drugs(self) -> str:
        heads = (
            "Substance|Poisoning Accidental (unintentional)|Poisoning Intentional self-harm|Poisoning Assault"
        )
        cells = ("T51.3X1", "T51.3X2", "T51.3X3", "T51.3X4", "--", "--")
        return _table(
            self.year, f"{heads}|Poisoning Undetermined|Adverse effect|Underdosing", "1-propanol", cells
        )

    def files(self) -> dict[str, str]:
        """All files by the names that CDC gives them."""
        return {
            f"icd10cm-order-{self.tag}.txt": self.order(),
            f"icd10cm-tabular-{self.tag}.xml": self.tabular(),
            f"icd10cm-index-{self.tag}.xml": self.index(),
            f"icd10cm-eindex-{self.tag}.xml": self.external_causes(),
            f"icd10cm-neoplasm-{self.tag}.xml": self.neoplasms(),
            f"icd10cm-drug-{self.tag}.xml": self.drugs(),
        }

    def write(self, folder: Path) -> Path:
        """All files in a folder of their own."""
        inside = folder / f"release-{self.tag}"
        inside.mkdir(parents=True)
        for name, text in self.files().items():
            (inside / name).write_bytes(text.encode())
        return inside


def write_zip(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _diag(name: str, title: str, below: str = "") -> str:
    return f"<diag>\n<name>{name}</name>\n<desc>{escape(title)}</desc>\n{below}</diag>\n"


def _chapter(name: str, title: str, block: str, below: str) -> str:
    section = f'<section id="{block}">\n<desc>A block ({block})</desc>\n{below}</section>\n'
    return f"<chapter>\n<name>{name}</name>\n<desc>{title}</desc>\n{section}</chapter>\n"


def _index(year: int, letters: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>\n<version>{year}</version>\n'
        f"<title>INDEX</title>\n{letters}\n</ICD10CM.index>\n"
    )


def _table(year: int, heads: str, title: str, cells: tuple[str, ...]) -> str:
    head = "".join(f'<head col="{n}">{text}</head>' for n, text in enumerate(heads.split("|"), 1))
    row = "".join(f'<cell col="{n}">{text}</cell>\n' for n, text in enumerate(cells, 2))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>\n<version>{year}</version>\n'
        f"<indexHeading>{head}</indexHeading>\n<letter><title>{title[0]}</title>\n"
        f"<mainTerm>\n<title>{title}</title>\n{row}</mainTerm>\n</letter>\n</ICD10CM.index>\n"
    )

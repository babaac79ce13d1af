"""Small official files of the kinds that ``icdlens build`` loads, about codes of the small releases."""

from pathlib import Path

from tests.core import test_ccsr, test_hcc_mappings, test_mce_definitions
from tests.core.spreadsheet import write_spreadsheet
from tests.core.test_conversion_table import HEADS, NAME, TITLE


def conversion_file(folder: Path) -> Path:
    """M54.5 and G35 as their successors' rows of the table have them."""
    rows = [
        *([code, 2021, "M54.5"] for code in ("M54.50", "M54.51", "M54.59")),
        *([code, 2025, "G35"] for code in ("G35.A", "G35.D")),
    ]
    return write_spreadsheet(folder / NAME, [TITLE, HEADS, *rows])


def ccsr_file(folder: Path) -> Path:
    category = "MUS010", "Spondylopathies/spondyloarthropathy (including infective)"
    rows = [test_ccsr.line("M549", "Dorsalgia, unspecified", "MUS010", "MUS010", category)]
    return test_ccsr.written(folder, "\n".join([test_ccsr.HEAD, *rows, ""]))


def hcc_file(folder: Path) -> Path:
    codes = "G35A,Relapsing-remitting multiple sclerosis,77,198,159,Yes,Yes\r\n"
    parts = test_hcc_mappings.TITLES, test_hcc_mappings.HEAD, codes, test_hcc_mappings.FOOT
    return test_hcc_mappings.written(folder, "".join(parts))


def mce_file(folder: Path) -> Path:
    return test_mce_definitions.written(folder, test_mce_definitions.MANUAL)

"""Short titles on the card: only where an order file is loaded, and where they say something else."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.catalog import Catalog
from core.full_card import FullCard
from core.render.full_outline import full_outline
from core.render.glance import glance
from core.render.json_card import full_card_to_dict
from core.render.markdown import outline_to_markdown
from core.render.text import outline_to_text
from core.short_titles import write_short_titles
from core.sources.order_file import order_file
from index.identity import CATALOG_FILE
from index.library import Library
from tests.conftest import IN_FY2026
from tests.core.order_lines import NAME, write_order_file
from tests.core.test_full_card import full_of

SHORT = "Prph T-cell lymphoma, NEC, nodes of head, face, and neck"


@pytest.fixture(scope="module")
def ordered(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """The real release with a few lines of the order file of FY2023 compiled in."""
    folder = tmp_path_factory.mktemp("ordered")
    path = folder / CATALOG_FILE
    shutil.copyfile(library.snapshot.folder / CATALOG_FILE, path)
    with closing(sqlite3.connect(path)) as db, db:
        write_short_titles(db, order_file(write_order_file(folder / NAME)))
    with Catalog(path) as opened:
        yield opened


def of(catalog: Catalog, code: str) -> FullCard:
    return full_of(catalog, code, IN_FY2026)


def test_every_depth_shows_it_under_the_title(ordered: Catalog) -> None:
    full = of(ordered, "C84.41")
    for out in (full_outline(full), glance(full)):
        # Its year stands beside it, for the titles are of another one.
        assert outline_to_text(out).splitlines()[1] == f"  Short title: {SHORT} (FY2023)"
        assert outline_to_markdown(out).split("\n\n")[1] == f"Short title: {SHORT} (FY2023)"
    found = full_card_to_dict(full)
    assert (found["short_title"], found["short_title_source"]) == (SHORT, "order-file")
    assert found["sources"]["order-file"] == {
        "name": "ICD-10-CM order file",
        "publisher": "CDC/NCHS",
        "edition": "FY2023 (October 1, 2022)",
    }
    assert "Source of the short title: CDC/NCHS, ICD-10-CM order file, FY2023 (October 1, 2022)" in (
        full_outline(full).footer
    )


@pytest.mark.parametrize("code", ["B37.31", "M53.9"])
def test_the_title_itself_and_a_code_that_is_not_listed_have_none(ordered: Catalog, code: str) -> None:
    full = of(ordered, code)
    assert full_outline(full).short_title is None
    found = full_card_to_dict(full)
    assert (found["short_title"], found["short_title_source"]) == (None, None)
    assert "order-file" not in found["sources"]


def test_without_an_order_file_nothing_is_said(catalog: Catalog) -> None:
    full = of(catalog, "C84.41")
    assert full.short_title is None
    assert full_card_to_dict(full)["short_title"] is None
    assert "Short title" not in outline_to_text(full_outline(full))

"""The links of a card: official, each once, and the guidelines of its date."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from core.catalog import Catalog
from core.resources import resources
from tests.conftest import IN_FY2026
from tests.core.test_card import card_of

OFFICIAL = {"www.cdc.gov", "ftp.cdc.gov", "www.cms.gov"}


@pytest.mark.parametrize(
    ("on", "guidelines"),
    [
        (date(2015, 10, 1), []),
        (date(2025, 9, 30), []),
        (date(2025, 10, 1), ["Official Guidelines for Coding and Reporting, FY2026"]),
        (date(2026, 3, 31), ["Official Guidelines for Coding and Reporting, FY2026"]),
        (date(2026, 4, 1), ["Official Guidelines for Coding and Reporting, FY2026, updated April 1, 2026"]),
        (date(2026, 9, 30), ["Official Guidelines for Coding and Reporting, FY2026, updated April 1, 2026"]),
        (date(2026, 10, 1), ["Official Guidelines for Coding and Reporting, FY2027"]),
    ],
)
def test_the_guidelines_in_force_on_the_date(catalog: Catalog, on: date, guidelines: list[str]) -> None:
    titles = [resource.title for resource in resources(card_of(catalog, "I10", on))]
    assert [title for title in titles if "Guidelines" in title] == guidelines


def test_links_are_official_and_each_is_there_once(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::500]:
        found = resources(card_of(catalog, entry.name, IN_FY2026))
        urls = [urlsplit(resource.url) for resource in found]
        assert {url.scheme for url in urls} == {"https"}
        assert {url.hostname for url in urls} <= OFFICIAL
        assert len(set(urls)) == len(urls)
        assert len({resource.title for resource in found}) == len(found)
        assert all(resource.purpose.endswith(".") for resource in found)
        assert all(" " not in resource.url for resource in found)


def test_the_pages_that_a_coder_needs(catalog: Catalog) -> None:
    titles = " ".join(resource.title for resource in resources(card_of(catalog, "M53.9")))
    for name in ("CDC/NCHS", "CMS: ICD-10", "Official Guidelines", "Medicare Code Edits"):
        assert name in titles

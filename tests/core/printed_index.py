"""A small Index in its four parts, in the official XML, with real codes and terms."""

from pathlib import Path

from core.index_editions import IndexParts
from core.index_parts import IndexPart
from core.sources.index_files import find_index_files, read_index_files

INDEX = """\
<mainTerm><title>Abdominalgia</title><see>Pain, abdominal</see></mainTerm>
<mainTerm><title>Adenocarcinoma</title><seeAlso>Neoplasm, malignant, by site</seeAlso>
  <term level="1"><title>benign one</title><see>Neoplasm, breast, benign</see></term>
</mainTerm>
<mainTerm><title>Bladder</title><see>condition</see></mainTerm>
<mainTerm><title>Diabetes, diabetic<nemod>(mellitus) (sugar)</nemod></title><code>E11.9</code>
  <term level="1"><title>with</title>
    <term level="2"><title>amyotrophy</title><code>E11.44</code></term>
    <term level="2"><title>arthropathy NEC</title><code>E11.618</code></term>
  </term>
</mainTerm>
<mainTerm><title>Fracture, pathological</title>
  <term level="1"><title>vertebra</title><code>M84.48</code></term>
</mainTerm>
<mainTerm><title>Fracture, traumatic</title>
  <term level="1"><title>back</title><see>Fracture, vertebra</see></term>
  <term level="1"><title>vertebra, vertebral</title></term>
</mainTerm>
<mainTerm><title>Malaria</title><code>B52.0</code><manif>[N08]</manif></mainTerm>
<mainTerm><title>Pain<nemod>(s)</nemod></title><seeAlso>Painful</seeAlso><code>R52</code>
  <term level="1"><title>abdominal</title><code>R10.9</code>
    <term level="2"><title>generalized</title><code>R10.84</code></term>
  </term>
  <term level="1"><title>low back</title><code>M54.5-</code></term>
  <term level="1"><title>retired one</title><code>G35</code></term>
</mainTerm>
<mainTerm><title>Painful</title><seeAlso>Pain</seeAlso></mainTerm>
<mainTerm><title>Poisoning, drug</title>
  <see>Table of Drugs and Chemicals, by drug, adverse effect</see></mainTerm>
"""

EXTERNAL_CAUSES = """\
<mainTerm><title>Fall, falling<nemod>(accidental)</nemod></title><code>W19</code>
  <term level="1"><title>down</title><term level="2"><title>ladder</title><code>W11</code></term></term>
  <term level="1"><title>from, off, out of</title>
    <term level="2"><title>ladder</title><code>W11</code></term>
  </term>
</mainTerm>
<mainTerm><title>Landing badly</title><see>Fall, down</see></mainTerm>
"""

_NEOPLASM_HEADS = (
    "Neoplasm",
    "Malignant Primary",
    "Malignant Secondary",
    "Ca in situ",
    "Benign",
    "Uncertain Behavior",
    "Unspecified Behavior",
)
_DRUG_HEADS = (
    "Substance",
    "Poisoning Accidental (unintentional)",
    "Poisoning Intentional self-harm",
    "Poisoning Assault",
    "Poisoning Undetermined",
    "Adverse effect",
    "Underdosing",
)


def _cells(*codes: str) -> str:
    return "".join(f'<cell col="{column}">{code}</cell>' for column, code in enumerate(codes, 2))


NEOPLASMS = f"""\
<mainTerm><title>Neoplasm, neoplastic</title>{_cells("C80.1", "C79.9", "D09.9", "D36.9", "D48.9", "D49.9")}
  <term level="1"><title>breast<nemod>(soft parts)</nemod></title>
    {_cells("C50.9-", "C79.81", "D05.-", "D24.-", "D48.6-", "D49.3")}
    <term level="2"><title>skin</title><cell col="2">C44.501</cell><cell col="3">-</cell></term>
  </term>
</mainTerm>
"""

DRUGS = f"""\
<mainTerm><title>Aspirin<nemod>(soluble)</nemod></title>
  {_cells("T39.011", "T39.012", "T39.013", "T39.014", "T39.015", "T39.016")}</mainTerm>
<mainTerm><title>Ether<nemod>(vapor)</nemod></title>
  {_cells("T41.0X1", "T41.0X2", "T41.0X3", "T41.0X4", "T41.0X5", "T41.0X6")}
  <term level="1"><title>nonmedicinal</title>
    {_cells("T52.8X1", "T52.8X2", "T52.8X3", "T52.8X4", "--", "--")}</term>
</mainTerm>
"""


def _document(year: int, terms: str, heads: tuple[str, ...] = ()) -> str:
    columns = "".join(f'<head col="{column}">{head}</head>' for column, head in enumerate(heads, 1))
    heading = f"<indexHeading>{columns}</indexHeading>" if heads else "<title>INDEX</title>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>\n<version>{year}</version>\n{heading}\n'
        f"<letter><title>A</title>\n{terms}</letter>\n</ICD10CM.index>\n"
    )


def write_parts(folder: Path, *, year: int = 2026, tables_year: int | None = None) -> dict[IndexPart, Path]:
    """The four files, by the names that CDC gives them; the tables may be of another edition."""
    of_tables = tables_year or year
    documents = {
        IndexPart.DISEASES: ("index", _document(year, INDEX), year),
        IndexPart.EXTERNAL_CAUSES: ("eindex", _document(year, EXTERNAL_CAUSES), year),
        IndexPart.NEOPLASMS: ("neoplasm", _document(of_tables, NEOPLASMS, _NEOPLASM_HEADS), of_tables),
        IndexPart.DRUGS: ("drug", _document(of_tables, DRUGS, _DRUG_HEADS), of_tables),
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for part, (name, text, of) in documents.items():
        paths[part] = folder / f"icd10cm-{name}-{of}.xml"
        paths[part].write_text(text, encoding="utf-8")
    return paths


def small_parts(folder: Path, **years: int) -> IndexParts:
    """The four parts as they are read."""
    return read_index_files(find_index_files(list(write_parts(folder, **years).values()), folder))

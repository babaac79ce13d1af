"""Formats that say themselves what a token is: HL7 v2, X12, XML with code systems, FHIR JSON, URIs.

Where such a format names the coding system, nothing else counts. All look only a bounded way around the
token.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from core.recogniser.document import Document
from core.recogniser.mention import Reason
from core.recogniser.segments import Segment
from core.recogniser.word_lists import WordLists

_REACH = 1500  # characters around a token in which its element or object must begin and end
_LONGEST_OF_WHO = 5  # characters of a code of the WHO's ICD-10 with its dot

_QUALIFIER = re.compile(r"(?:^|[*^>|~:])([A-Z]{2,3})[:>]$")
_ICD10_QUALIFIERS = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN"})  # X12 837, HI segment
_OTHER_QUALIFIERS = {
    **dict.fromkeys(("BK", "BF", "BJ", "PR", "BN"), "ICD-9-CM"),
    **dict.fromkeys(("BBR", "BBQ"), "ICD-10-PCS"),
    **dict.fromkeys(("BR", "BQ"), "ICD-9-CM procedures"),
    **dict.fromkeys(("HC", "HP"), "HCPCS"),
}
_URI = re.compile(
    r"(?:icd-?10-?cm|(?<![a-z])icd-?10|113883\.6\.90|sid/icd-10-cm|sid/icd-10)[\"']?[|:/#=]\Z", re.IGNORECASE
)
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s\"'<>|]{0,300}\Z", re.IGNORECASE)
_TAG = re.compile(r"</?\??([A-Za-z][\w:.-]*)")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*[\"']{1,2}\Z")
_CODE_SYSTEM = re.compile(r"\bcodeSystem\s*=\s*[\"']{1,2}([^\"'<>]{1,120})")
_CODE_SYSTEM_NAME = re.compile(r"\bcodeSystemName\s*=\s*[\"']{1,2}([^\"'<>]{1,120})")
# The cell of a table before the token's own: <td>ICD-9-CM</td><td>V70.0</td>.
_CELL_BEFORE = re.compile(r">\s*([^<>\s][^<>]{1,40}?)\s*</\w{1,10}>\s*<\w{1,10}[^<>]{0,80}>\s*\Z")
_XML_SYSTEM = re.compile(r"<system\s+value\s*=\s*[\"']([^\"'<>]{1,200})")
_JSON_KEY = re.compile(r"[\"']{1,2}(code|value)[\"']{1,2}\s*:\s*[\"']{1,2}\Z")
_JSON_SYSTEM = re.compile(r"[\"']{1,2}system[\"']{1,2}\s*:\s*[\"']{1,2}([^\"'\s]{1,200})")
# Fields that people write text into.
_TEXT_FIELDS = frozenset(
    {("NTE", 3), ("OBX", 5), ("DG1", 4), ("FT1", 8), ("PR1", 4), ("AL1", 5), ("PV2", 3), ("TXA", 5)}
)
_NAMED_SYSTEM = re.compile(
    r"SCT2?|LN|C4|C5|HCPCS|HPC|I9C?|I9CDX|I10P|ICDO3?|ICD-O.*|NDC|CVX|RXNORM|CDT|ICD-?9.*|SNM3?|DRG|APC|ATC|I11|SNOMED.*|LOINC|CPT.*|ICD-?O.*|ICD-?11.*|ICD-?10-?PCS"
)


class Standing(Enum):
    """What a format says of a token."""

    ICD10CM = auto()
    OTHER_SYSTEM = auto()
    NO_CODE = auto()  # an identifier, an event, a name of a coding system
    TEXT = auto()  # nothing: it stands in running text


@dataclass(frozen=True, slots=True)
class Place:
    """What the format around a token says of it, and why."""

    standing: Standing
    reason: Reason | None = None


_TEXT = Place(Standing.TEXT)


class Formats:
    """The formats of one document; asks it only for what the text can have."""

    def __init__(self, document: Document, lists: WordLists) -> None:
        self._document = document
        self._text = document.text
        self._lists = lists
        self._has_tags = "<" in document.text and ">" in document.text
        self._segment: tuple[int, Segment | None] = (-1, None)  # of the line that was asked about last
        self._has_pipes = "|" in document.text
        self._has_systems = '"system"' in document.text or "'system'" in document.text

    def place(self, start: int, end: int) -> Place:
        """What the format says of the token ``text[start:end]``."""
        before = self._text[start - 1 : start]
        if before in ":>|/#=" and before and (place := self._after_mark(start)):
            return place
        if before == "@" or self._text[end : end + 1] == "@":
            return Place(Standing.NO_CODE, Reason("address", "It is a part of an e-mail address."))
        if self._has_pipes and (place := self._in_segment(start, end)):
            return place
        if self._has_tags and (place := self._in_tag(start, end)):
            return place
        if self._has_systems and before in "\"'" and before and (place := self._in_object(start, end)):
            return place
        return _TEXT

    def _after_mark(self, start: int) -> Place | None:
        """Behind a qualifier of X12, the name of the classification in a URI, or in a URL."""
        left = self._text[max(0, start - 60) : start]
        if match := _QUALIFIER.search(left[-6:]):
            if match[1] in _ICD10_QUALIFIERS:
                return Place(Standing.ICD10CM, Reason("x12", f"X12's qualifier {match[1]} names ICD-10-CM."))
            if (system := _OTHER_QUALIFIERS.get(match[1])) and "*" in left:
                return Place(
                    Standing.OTHER_SYSTEM, Reason("x12", f"X12's qualifier {match[1]} names {system}.")
                )
        if _URI.search(left):
            return Place(Standing.ICD10CM, Reason("uri", "A URI or prefix of ICD-10-CM stands before it."))
        if left[-1] in "/#=" and _URL.search(self._text, max(0, start - 320), start):
            return Place(Standing.NO_CODE, Reason("url", "It is a part of a URL."))
        return None

    def _in_segment(self, start: int, end: int) -> Place | None:
        """In a segment of HL7 v2."""
        if (segment := self._segment_at(start)) is None:
            return None
        field, index = segment.field(start), segment.component(start)
        whole = segment.bounds(start) == (start, end)
        if whole and index in (0, 3) and (place := self._coded(segment, field, index, start)):
            return place
        if (segment.name, field) in _TEXT_FIELDS and not (index == 2 and whole):
            return _TEXT
        if whole and index in (2, 5) and self._text[start:end].lower() in self._lists.icd10cm_names:
            return Place(
                Standing.NO_CODE, Reason("hl7", "Component 3 of HL7 names the coding system; it is no code.")
            )
        return Place(
            Standing.NO_CODE, Reason("hl7", f"Field {segment.name}-{field} of HL7 holds no diagnosis here.")
        )

    def _segment_at(self, position: int) -> Segment | None:
        number = self._document.line_number(position)
        if self._segment[0] != number:
            self._segment = (number, Segment.in_line(self._text, *self._document.bounds(number)))
        return self._segment[1]

    def _coded(self, segment: Segment, field: int, index: int, start: int) -> Place | None:
        named = segment.bounds(start, behind=2)
        system = self._text[slice(*named)].strip() if named else ""
        where = f"{segment.name}-{field}.{index + 1}"
        if system.lower() in self._lists.icd10cm_names:
            return Place(
                Standing.ICD10CM, Reason("hl7", f"It is {where} of HL7, whose coding system is {system}.")
            )
        if system and _NAMED_SYSTEM.fullmatch(system.upper()):
            return Place(
                Standing.OTHER_SYSTEM,
                Reason("hl7", f"It is {where} of HL7, whose coding system is {system}."),
            )
        if (segment.name, field, system) == ("DG1", 3, ""):
            method = segment.field_before(start)
            if method.upper().startswith(("I9", "ICD9", "ICD-9")):
                return Place(Standing.OTHER_SYSTEM, Reason("hl7", f"DG1-2 of HL7 says {method}."))
            return Place(Standing.ICD10CM, Reason("hl7", "DG1-3 of HL7 holds the diagnosis."))
        return None

    def _in_tag(self, start: int, end: int) -> Place | None:
        """In a tag of XML: an attribute ``code`` beside a ``codeSystem``, or FHIR's ``<code value=…>``."""
        low = max(0, start - _REACH)
        opened = self._text.rfind("<", low, start)
        if opened < 0 or self._text.rfind(">", low, start) > opened:
            return self._in_cell(start)
        if (tag := _TAG.match(self._text, opened)) is None or tag.start(1) == start:
            return None  # <N18.4> is no element, but the code in brackets
        closed = self._text.find(">", end, end + _REACH)
        element = self._text[opened : closed if closed >= 0 else end]
        attribute = _ATTRIBUTE.search(self._text, max(opened, start - 80), start)
        whole = attribute is not None and self._text[end : end + 1] in "\"'" and end < len(self._text)
        name = attribute[1] if attribute and whole else ""
        if name == "code" and (system := _CODE_SYSTEM.search(element) or _CODE_SYSTEM_NAME.search(element)):
            if system[1].lower() in self._lists.who_names and end - start > _LONGEST_OF_WHO:
                says = f"Its codeSystem is {system[1]}, of the WHO, whose codes are shorter."
                return Place(Standing.ICD10CM, Reason("code system", says))
            return self._of_system(system[1], "codeSystem", _CODE_SYSTEM_NAME.search(element))
        if name == "value" and tag[1] == "code":
            beside = self._text[max(0, opened - 300) : opened]
            behind = self._text[end : end + 300]
            found = _XML_SYSTEM.findall(beside)[-1:] or _XML_SYSTEM.findall(behind)[:1]
            if found:
                return self._of_system(found[0], "system", None)
        if name == "code":
            return None
        return Place(
            Standing.NO_CODE, Reason("xml", "It is in a tag of XML, and no code with its code system.")
        )

    def _in_cell(self, start: int) -> Place | None:
        """In a cell of a table whose cell before names the coding system."""
        if (cell := _CELL_BEFORE.search(self._text, max(0, start - 250), start)) is None:
            return None
        if cell[1].lower() in self._lists.icd10cm_names:
            return Place(Standing.ICD10CM, Reason("cell", f"The cell before it says {cell[1]}."))
        if _NAMED_SYSTEM.fullmatch(cell[1].upper()):
            return Place(Standing.OTHER_SYSTEM, Reason("cell", f"The cell before it says {cell[1]}."))
        return None

    def _in_object(self, start: int, end: int) -> Place | None:
        """In a Coding of FHIR's JSON, or in an Identifier: that has a ``value`` in place of a ``code``."""
        if (key := _JSON_KEY.search(self._text, max(0, start - 40), start)) is None:
            return None
        if key[1] == "value" and self._text[end : end + 1] not in ("'", '"'):
            return None  # a text that begins with it
        low = max(self._text.rfind("{", max(0, start - _REACH), start), start - _REACH, 0)
        high = self._text.find("}", end, end + _REACH)
        found = _JSON_SYSTEM.search(
            self._text, low, high if high >= 0 else min(len(self._text), end + _REACH)
        )
        if found is None:
            return None
        place = self._of_system(found[1], "system", None)
        if key[1] == "value" and place.standing is Standing.OTHER_SYSTEM:
            return Place(Standing.NO_CODE, Reason("identifier", f"It is an identifier of {found[1]}."))
        return place

    def _of_system(self, system: str, attribute: str, name: re.Match[str] | None) -> Place:
        known = self._lists.icd10cm_names
        if system.lower().rstrip("/") in known:
            wrong = " That is the address of the WHO's edition." if system.endswith("icd-10") else ""
            return Place(Standing.ICD10CM, Reason("code system", f"Its {attribute} is {system}.{wrong}"))
        called = f" ({name[1]})" if name else ""
        return Place(Standing.OTHER_SYSTEM, Reason("code system", f"Its {attribute} is {system}{called}."))

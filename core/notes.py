"""The kinds of notes that the Tabular List prints (Official Guidelines, I.A.10 to I.A.17)."""

from enum import StrEnum


class NoteKind(StrEnum):
    """A kind of note; the value is the stable key that the catalogue and JSON use."""

    NOTE = "note"
    INCLUDES = "includes"
    INCLUSION_TERM = "inclusion_term"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "code_first"
    USE_ADDITIONAL_CODE = "use_additional_code"
    CODE_ALSO = "code_also"
    SEVENTH_CHARACTER = "seventh_character"
    VISUAL_IMPAIRMENT = "visual_impairment"

    @property
    def label(self) -> str:
        """The heading under which the Tabular List's readers know the note."""
        return _LABELS[self]

    def printed(self, text: str) -> str:
        """A note's first line as printed: an instruction's words run on into it, others stand before it.

        ``Use additional code to identify …``, ``Code first, if applicable, …``; but
        ``Excludes1: discitis NOS (M46.4-)``.
        """
        lead = _INSTRUCTIONS.get(self)
        # A line within a list does not run on: "Use additional code: insulin (Z79.4)".
        if lead is None or (self is NoteKind.USE_ADDITIONAL_CODE and "code" not in text.lower()):
            return f"{self.label}: {text}"
        return f"{lead}{text}" if text.startswith(",") else f"{lead} {text}"

    @property
    def is_instruction(self) -> bool:
        """Whether the printed text is a sentence that the kind's own words begin."""
        return self in _INSTRUCTIONS


#: "Code first" + ", if applicable, …"; "Use additional" + "code to identify …".
_INSTRUCTIONS = {
    NoteKind.CODE_FIRST: "Code first",
    NoteKind.CODE_ALSO: "Code also",
    NoteKind.USE_ADDITIONAL_CODE: "Use additional",
}

_LABELS = {
    NoteKind.NOTE: "Note",
    NoteKind.INCLUDES: "Includes",
    NoteKind.INCLUSION_TERM: "Applicable to",
    NoteKind.EXCLUDES1: "Excludes1",
    NoteKind.EXCLUDES2: "Excludes2",
    NoteKind.CODE_FIRST: "Code first",
    NoteKind.USE_ADDITIONAL_CODE: "Use additional code",
    NoteKind.CODE_ALSO: "Code also",
    NoteKind.SEVENTH_CHARACTER: "7th character",
    NoteKind.VISUAL_IMPAIRMENT: "Category of visual impairment",
}

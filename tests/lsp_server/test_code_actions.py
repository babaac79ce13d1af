import pytest

from core.findings.finding import Edit, Finding, Fix, Severity
from lsp_server.code_actions import FIX_ALL, Asked, actions, apart
from lsp_server.rewrites import Rewrite


def fix(start: int, end: int, new: str = "x", kind: str = "official-form", *, preferred: bool = True) -> Fix:
    return Fix(f"Write {new}", kind, (Edit(start, end, new),), preferred)


def finding(start: int, end: int, *fixes: Fix) -> Finding:
    return Finding(start, end, "code-format", Severity.INFORMATION, "m", fixes=fixes)


FINDINGS = (
    finding(0, 5, fix(0, 5)),
    finding(10, 15, fix(10, 15, "y"), fix(10, 15, "z", "specify", preferred=False)),
    finding(20, 25, fix(20, 25, "w", "specify", preferred=False)),
)


@pytest.mark.parametrize(
    ("start", "end", "titles"),
    [
        (0, 0, ["Write x", "Fix all 2 in the file: official form"]),
        (5, 5, ["Write x", "Fix all 2 in the file: official form"]),
        (12, 12, ["Write y", "Write z", "Fix all 2 in the file: official form"]),
        (22, 22, ["Write w"]),
        (4, 20, ["Write x", "Write y", "Write z", "Write w", "Fix all 2 in the file: official form"]),
        (7, 8, []),
    ],
)
def test_the_fixes_at_a_place(start: int, end: int, titles: list[str]) -> None:
    assert [action.title for action in actions(Asked(start, end), FINDINGS, ())] == titles


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {"quickfix", "refactor.rewrite"}),
        ((), set()),
        (("",), {"quickfix", "refactor.rewrite", FIX_ALL}),
        (("quickfix",), {"quickfix"}),
        (("refactor",), {"refactor.rewrite"}),
        (("refactor.rewrite",), {"refactor.rewrite"}),
        (("refactor.extract",), set()),
        (("source",), {FIX_ALL}),
        (("source.fixAll",), {FIX_ALL}),
        (("source.fixAll.icdlens",), {FIX_ALL}),
        (("source.fixAll.other",), set()),
        (("source.fix",), set()),
        (("source.organizeImports", "quickfix"), {"quickfix"}),
    ],
)
def test_only_what_is_asked_for(only: tuple[str, ...] | None, kinds: set[str]) -> None:
    rewrites = [Rewrite("Add", (Edit(5, 5, " title"),))]
    assert {action.kind for action in actions(Asked(0, 0, only), FINDINGS, rewrites)} == kinds


def test_fix_all_makes_what_needs_no_choice() -> None:
    (action,) = actions(Asked(99, 99, ("source.fixAll",)), FINDINGS, ())
    assert action.edits == (Edit(0, 5, "x"), Edit(10, 15, "y"))


def test_what_a_fix_does_is_not_offered_again_as_a_rewrite() -> None:
    rewrites = [Rewrite("Same", (Edit(0, 5, "x"),)), Rewrite("Other", (Edit(0, 5, "o"),))]
    titles = [action.title for action in actions(Asked(0, 0), FINDINGS, rewrites)]
    assert titles == ["Write x", "Fix all 2 in the file: official form", "Other"]


@pytest.mark.parametrize(
    ("fixes", "kept"),
    [
        ([fix(0, 5, "a"), fix(4, 8, "b"), fix(8, 9, "c")], ["a", "c"]),
        ([fix(8, 9, "c"), fix(0, 5, "a")], ["a", "c"]),
        ([fix(3, 3, "a"), fix(3, 3, "b")], ["a"]),  # two texts for one place
        ([fix(3, 5, "a"), fix(3, 3, "b")], ["a"]),
        ([fix(0, 3, "a"), fix(3, 5, "b")], ["a", "b"]),
    ],
)
def test_of_edits_that_meet_the_first_counts(fixes: list[Fix], kept: list[str]) -> None:
    assert [edit.new for edit in apart(fixes)] == kept

import pytest

from slack_bot.mrkdwn import escape, fitted, plain_text, readable


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("(< 2 years of age)", "(&lt; 2 years of age)"),
        ("A & B", "A &amp; B"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;", "&amp;lt;"),
        ("human immunodeficiency virus [HIV]", "human immunodeficiency virus [HIV]"),
        ("code, if applicable, to identify:", "code, if applicable, to identify:"),
        ("M53.9: A: B", "M53.9: A: B"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize("text", ["*bold*", "_italic_", "~gone~", "`code`", "```", ":smile:", ":+1:"])
def test_nothing_formats_and_nothing_is_swallowed(text: str) -> None:
    escaped = escape(text)
    assert len(escaped) == len(text)
    assert not set("*_~`") & set(escaped)
    assert not escaped.startswith(":")


@pytest.mark.parametrize("limit", range(2, 30))
def test_fitted_cuts_before_an_entity(limit: int) -> None:
    fit = fitted("a < b & c > d and so on", limit)
    assert len(fit) <= limit
    assert fit.endswith("…") == (len("a &lt; b &amp; c &gt; d and so on") > limit)
    for entity in ("&lt;", "&amp;", "&gt;"):
        fit = fit.replace(entity, "")
    assert "&" not in fit


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("  low \t back\r\npain ", "low back pain"),
        ("pain &amp; swelling &lt;2", "pain & swelling <2"),
        ("&amp;lt;", "&lt;"),
        ("a\x00b", "a b"),
        ("a\ud800b\udfff", "a b"),
        ("\u202egro.tset\u202c", "gro.tset"),
        ("M53\u200b.9", "M53 .9"),
        ("a\u2028b\x85c\x0cd", "a b c d"),
        ("\U000f0000", ""),
        ("ألم الظهر", "ألم الظهر"),
        ("Ménière 🦴", "Ménière 🦴"),
    ],
)
def test_readable(sent: str, read: str) -> None:
    assert readable(sent) == read


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Health_Statistics/NCHS", "Health_Statistics/NCHS"),
        ("snake_case_word", "snake_case_word"),
        ("_b_", "ˍbˍ"),
        ("a _b_ c", "a ˍbˍ c"),
        ("a_b_", "a_bˍ"),
        ("a__b", "aˍˍb"),
        ("x_:smile:_y", "xˍ꞉smile:ˍy"),
        ("a_*b*_c", "aˍ∗b∗ˍc"),
    ],
)
def test_an_underscore_stays_where_slack_formats_nothing(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("Dx: M53.9\nand I10", "Dx: M53.9\nand I10"),
        ("M53.9 &amp; I10 &lt;2 y", "M53.9 & I10 <2 y"),
        ("<https://x.y/M53.9|M53.9> now", "M53.9 now"),
        ("<https://x.y/a>", "https://x.y/a"),
        ("<mailto:a@x.y|a@x.y>", "a@x.y"),
        ("<@U1> <#C1|general> <!here> <!subteam^S1|@team> M53.9", "        M53.9"),
        ("a\u202eb\x00c\r\nd", "a b c\nd"),
        ("<", "<"),
        ("&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;"),
    ],
)
def test_a_message_is_read_as_its_readers_see_it(message: str, read: str) -> None:
    assert plain_text(message) == read

from hypothesis import given, settings
from hypothesis import strategies as st

from index.library import Library
from slack_bot.answer import answer
from tests.conftest import IN_FY2026
from tests.slack_bot.block_texts import assert_valid, texts

FRAGMENTS = [
    *("<!channel>", "<!here|x>", "<@U1>", "<#C1>", "<https://x.y|M53.9>"),
    *("&lt;!channel&gt;", "&amp;lt;!everyone&amp;gt;"),
    *("\0", "\ud800", "\udfff", "\u202e", "\u2066", "\u200b", "\ufeff", "\r\n", "\u2028"),
    *("ألم", "כאב", "🦴", "é", "e\u0301"),
    *("*", "_", "~", "`", "```", ":smile:", ">", "•"),
    *("M53.9", "M53.99", "m54.-", "QA0.0101", "E888.9", "help", "about", "low back pain", "fracture"),
    *("payload", "{}", "%00", "'; DROP TABLE entry; --", " AND ", "OR", "NOT", "(", '"', "?", "^2"),
]
HOSTILE = st.lists(st.one_of(st.text(st.characters(), max_size=20), st.sampled_from(FRAGMENTS)), max_size=12)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(parts=HOSTILE, glue=st.sampled_from(["", " ", "\n"]))
def test_every_input_is_answered_with_valid_blocks(library: Library, parts: list[str], glue: str) -> None:
    found = answer(library, glue.join(parts), IN_FY2026)
    assert_valid(found.blocks)
    for text in (found.text, *texts(found.blocks)):
        assert text.strip()
        assert not any(mention in text for mention in ("<!", "<@", "<#"))
        text.encode()  # what is sent has no halves of surrogate pairs

"""The README's pictures of Slack are those of the real blocks, and whole."""

from xml.etree import ElementTree

from index.library import Library
from tests.slack_bot.pictures import FOLDER, pictures


def test_the_pictures_show_what_the_app_answers_now(library: Library) -> None:
    for name, drawn in pictures(library).items():
        kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert kept == drawn, "draw them anew: .venv/bin/python -m tests.slack_bot.pictures"
        ElementTree.fromstring(drawn)

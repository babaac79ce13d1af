"""What people call the codes that coders meet most often."""

from collections.abc import Mapping
from functools import cache

from core.code import Code
from index.synonyms import common_codes
from index.words import telling_text


@cache
def common_names() -> Mapping[str, Code]:
    """The codes by their names, as ``telling_text`` has these. Raises ``VocabularyError``."""
    return {telling_text(common.name): common.code for common in common_codes()}

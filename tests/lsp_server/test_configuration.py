import re
from datetime import date, datetime
from pathlib import Path

import pytest

from core.findings.finding import Severity
from core.findings.settings import RULES
from lsp_server.configuration import (
    NAMES,
    Configuration,
    Insert,
    Layer,
    configuration,
    read_client_layer,
    read_layer,
)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, Configuration()),
        (None, Configuration()),
        ({"dateOfService": "2026-09-30"}, Configuration(date_of_service=date(2026, 9, 30))),
        ({"dateOfService": date(2026, 9, 30)}, Configuration(date_of_service=date(2026, 9, 30))),
        ({"dateOfService": ""}, Configuration()),
        ({"dateOfService": None}, Configuration()),
        ({"completion": {"insert": "code-and-title"}}, Configuration(insert=Insert.CODE_AND_TITLE)),
        ({"completion.insert": "code-and-title"}, Configuration(insert=Insert.CODE_AND_TITLE)),
        ({"completion": {"inProse": True}}, Configuration(in_prose=True)),
        ({"inlayHints": {"enabled": True}}, Configuration(inlay_hints=True)),
        ({"documentLinks": {"enabled": True}}, Configuration(document_links=True)),
        ({"maxFileSize": 1}, Configuration(max_file_size=1)),
        (
            {"rules": {"retired": "hint", "duplicate": "off"}},
            Configuration(severities=(("duplicate", None), ("retired", Severity.HINT))),
        ),
        ({"interpreter": "/x", "languages": ["latex"], "trace": {"server": "off"}}, Configuration()),
    ],
)
def test_what_settings_say(settings: object, expected: Configuration) -> None:
    layer = read_layer(settings, "x")
    assert layer.problems == ()
    assert configuration(layer) == expected


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"dateOfService": "30.9.2026"}, '"dateOfService" in x is a date, as 2026-10-01, or empty.'),
        ({"dateOfService": "2026-02-30"}, '"dateOfService" in x is a date, as 2026-10-01, or empty.'),
        ({"dateOfService": datetime(2026, 9, 30)}, '"dateOfService" in x is a date'),  # noqa: DTZ001 # TOML's
        ({"dateOfService": 20260930}, '"dateOfService" in x is a date'),
        ({"completion": {"insert": "all"}}, '"completion.insert" in x is code or code-and-title.'),
        ({"completion": {"insert": ["code"]}}, '"completion.insert" in x is code or code-and-title.'),
        ({"completion": "code"}, "A name in x is no setting of icdlens."),
        ({"inlayHints": {"enabled": "yes"}}, '"inlayHints.enabled" in x is true or false.'),
        ({"maxFileSize": 0}, '"maxFileSize" in x is a number of characters from 1 on.'),
        ({"maxFileSize": True}, '"maxFileSize" in x is a number of characters from 1 on.'),
        (
            {"rules": {"retired": "fatal"}},
            '"rules.retired" in x is error, warning, information, hint or off.',
        ),
        ({"rules": {"retired": False}}, '"rules.retired" in x is error, warning'),
        ({"rules": {"no-such": "off"}}, "A name in x is no setting of icdlens."),
        ({"rules": {"retierd": "off"}}, 'A name in x is no setting of icdlens; perhaps "rules.retired" was'),
        (
            {"completion": {"inprose": True}},
            "A name in x is no setting of icdlens; perhaps",
        ),
        ({"Erika Mustermann": 1}, "A name in x is no setting of icdlens."),
        ([1], "The settings in x are no table."),
        ({"rules": [1]}, "A name in x is no setting of icdlens."),
    ],
)
def test_what_is_wrong_is_left_out_and_told_without_its_value(settings: object, problem: str) -> None:
    layer = read_layer(settings, "x")
    assert configuration(layer) == Configuration()
    (said,) = layer.problems
    assert said.startswith(problem)


@pytest.mark.parametrize("settings", [None, [], {"rules": []}, {"inlayHints": []}])
def test_an_empty_table_of_lua_is_an_empty_list_and_no_fault(settings: object) -> None:
    """Neovim sends ``settings = { icdlens = {} }`` as ``{"icdlens": []}``."""
    assert read_layer(settings, "x") == Layer()


def test_a_good_setting_counts_beside_a_bad_one() -> None:
    layer = read_layer({"maxFileSize": -1, "inlayHints": {"enabled": True}}, "x")
    assert configuration(layer) == Configuration(inlay_hints=True)
    assert len(layer.problems) == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"icdlens": {"maxFileSize": 5}}, {"maxFileSize": 5}),
        ({"icdlens": None, "other": {}}, {}),
        ({"icdlens.maxFileSize": 5, "other.x": 1}, {"maxFileSize": 5}),
        ({"maxFileSize": 5}, {"maxFileSize": 5}),
        ({"python": {"x": 1}}, None),
        ({}, None),
        (None, None),
        ("text", None),
    ],
)
def test_an_editors_settings_may_hold_ours_alone_or_among_others(settings: object, expected: object) -> None:
    layer = read_client_layer(settings, "x")
    assert (layer.values if layer else None) == expected


def test_later_layers_lie_above() -> None:
    below = Layer({"maxFileSize": 5, "rules.retired": Severity.HINT, "completion.inProse": True})
    above = Layer({"maxFileSize": 7, "rules.duplicate": None})
    assert configuration(below, above) == Configuration(
        in_prose=True, max_file_size=7, severities=(("duplicate", None), ("retired", Severity.HINT))
    )


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "language-server.md").read_text(encoding="utf-8")
    settings = {name for name in NAMES if not name.startswith("rules.")}
    table = page.partition("\n## Settings\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Za-z.]+)` \|", table, re.MULTILINE)) == settings | {"rules.NAME"}


def test_every_rule_has_a_setting() -> None:
    assert {f"rules.{rule}" for rule in RULES} < set(NAMES)

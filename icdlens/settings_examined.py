"""Settings of editors, of a project and of Slack, as ``icdlens doctor`` looks at them. No value is shown."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_config_path

from core.errors import IcdlensError
from icdlens.remark import Remark
from lsp_server.configuration import SECTION, read_client_layer
from lsp_server.settings_files import folder_of_settings, read_files

#: Editors that keep their settings as VS Code does, by the names of their folders.
_EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor")
_INTERPRETER = f"{SECTION}.interpreter"

#: What JSON with comments has beside JSON: comments, and commas before an end. Strings are passed over.
_BESIDE_JSON = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)

_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID")


def examine_command() -> Remark:
    """Whether an editor finds the command by its name."""
    own = Path(sys.executable).with_name("icdlens")
    found = shutil.which("icdlens")
    if found is None:
        return Remark("Command", f"not on the PATH: give your editor the full path, {own}")
    if Path(found).parent.resolve() != own.parent.resolve():
        return Remark("Command", f"the one on the PATH is another, {found}; this one is {own}")
    return Remark("Command", found)


def examine_editors() -> Iterator[Remark]:
    """The settings of VS Code and its kin that are about icdlens."""
    for editor in _EDITORS:
        path = user_config_path(editor, appauthor=False, roaming=True) / "User" / "settings.json"
        if path.is_file():
            yield _examine_file(editor, path)


def examine_project(folder: Path) -> Remark | None:
    """The settings in a folder's files, or in those of the nearest folder above; ``None`` without a file."""
    found = folder_of_settings(folder)
    if found is None:
        return None
    layer = read_files(found)
    what = f"Settings in {found}"
    if layer.problems:
        return Remark(what, "not all of them can be used", " ".join(layer.problems))
    return Remark(what, "in order" if layer.values else "nothing about icdlens")


def _examine_file(editor: str, path: Path) -> Remark:
    what = f"Settings of {editor}"
    try:
        settings = json.loads(_BESIDE_JSON.sub(lambda m: m[1] or "", path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError):
        return Remark(what, f"{path} cannot be read as JSON; not looked at")
    problems = list(layer.problems) if (layer := read_client_layer(settings, str(path))) else []
    interpreter = settings.get(_INTERPRETER) if isinstance(settings, Mapping) else None
    if interpreter and not (isinstance(interpreter, str) and os.access(interpreter, os.X_OK)):
        problems.append(
            f'"{_INTERPRETER}" in {path} is no program; the one of this icdlens is {sys.executable}.'
        )
    if problems:
        return Remark(what, "not all of them can be used", " ".join(problems))
    return Remark(what, "in order" if layer else "nothing about icdlens")


def examine_slack(environ: Mapping[str, str]) -> Remark:
    """Whether the Slack app is there, and what its settings lack where somebody began to set them."""
    try:
        installed = version("slack-bolt")
    except PackageNotFoundError:
        return Remark("Slack", "not installed: pip install '.[slack]'")
    from slack_bot.settings import Settings

    given = [name for name in _SLACK if environ.get(name)]
    said = f"slack-bolt {installed}; set: {', '.join(given) or 'nothing'}"
    if not given:
        return Remark("Slack", said)
    is_http = bool(environ.get("SLACK_SIGNING_SECRET")) and not environ.get("SLACK_APP_TOKEN")
    try:
        Settings.read(environ, http=is_http)
    except IcdlensError as error:  # it names the settings, and no value
        return Remark("Slack", said, str(error))
    return Remark("Slack", f"{said}; enough for {'HTTP' if is_http else 'Socket Mode'}")

"""How ``icdlens check`` says what it found: text as compilers write it, JSON, SARIF 2.1.0.

Nothing here quotes a note: messages name codes and official texts, and edits say what is to be written.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import click

from core.findings.finding import Finding, Fix, Severity
from core.findings.settings import RULES, CheckSettings, Rule
from icdlens import __version__
from icdlens.checking import Asked, Checked, Place, Placed, Summary, check_all, progress_bar
from index.library import Library
from lsp_server.rules_page import section

_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFORMATION: "cyan",
    Severity.HINT: "bright_black",
}
#: SARIF has three levels (3.27.10).
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Reporter:
    """One run of the command: checks, and prints in the form that is asked for."""

    library: Library
    settings: CheckSettings
    form: str
    quiet: bool

    def run(
        self, paths: Sequence[str], stdin: BinaryIO | None, on: date, largest: int, jobs: int | None
    ) -> bool:
        """Check files and print what is found. True if anything was found."""
        asked = Asked(on, self.settings, largest)
        summary = Summary()
        files: list[Checked] = []
        with (
            progress_bar(not self.quiet) as progress,
            closing(check_all(self.library, paths, stdin, asked, jobs, progress.report)) as results,
        ):
            for checked in results:
                summary.add(checked)
                if not checked.placed and checked.skipped is None:
                    continue
                if self.form == "text":
                    with progress.aside():
                        print_checked(checked)
                else:
                    files.append(checked)
        match self.form:
            case "json":
                click.echo(to_json(files))
            case "sarif":
                click.echo(to_sarif(files, self.settings))
            case _ if not self.quiet:
                click.echo(summary_line(summary))
        return summary.findings > 0


# Text


def print_checked(checked: Checked) -> None:
    """Print the findings of a file to stdout, and to stderr why it was skipped."""
    path = _printable(checked.path)
    for placed in checked.placed:
        finding = placed.finding
        where = f"{path}:{placed.place.line}:{placed.place.column}:"
        severity = click.style(finding.severity.value, fg=_COLOURS[finding.severity])
        click.echo(f"{where} {severity} {click.style(finding.rule, bold=True)}: {finding.message}")
    if checked.skipped is not None:
        click.echo(f"icdlens: {path} was skipped: {checked.skipped}.", err=True)


def summary_line(summary: Summary) -> str:
    """One line about all files: "2 findings in 3 files (1 error, 1 hint); 1 skipped."."""
    counts = [
        _counted(count, severity.value)
        for severity in Severity
        if (count := summary.by_severity.get(severity.value))
    ]
    found = _counted(summary.findings, "finding") if summary.findings else "No findings"
    by_severity = f" ({', '.join(counts)})" if counts else ""
    skipped = f"; {summary.skipped:,} skipped" if summary.skipped else ""
    return f"{found} in {_counted(summary.files, 'file')}{by_severity}{skipped}."


def rule_lines(settings: CheckSettings) -> list[str]:
    """The rules, each with its severity by these settings and its meaning."""
    width = max(map(len, RULES))
    return [
        f"{rule.name:<{width}}  {_severity_name(settings, rule):<11}  {rule.meaning}"
        for rule in RULES.values()
    ]


def _severity_name(settings: CheckSettings, rule: Rule) -> str:
    severity = settings.severity(rule.name)
    return "off" if severity is None else severity.value


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 or thing == "information" else f"{count:,} {thing}s"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


# JSON


def to_json(files: Iterable[Checked]) -> str:
    """All findings as one JSON object; lines and columns are from 1, in code points."""
    files = list(files)
    answer = {
        "findings": [_finding_to_dict(file.path, placed) for file in files for placed in file.placed],
        "skipped": [{"path": f.path, "reason": f.skipped} for f in files if f.skipped is not None],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _finding_to_dict(path: str, placed: Placed) -> dict[str, Any]:
    finding = placed.finding
    return {
        "path": path,
        "line": placed.place.line,
        "column": placed.place.column,
        "code": finding.code.text if finding.code else None,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "fixes": [
            {
                "title": fix.title,
                "kind": fix.kind,
                "preferred": fix.is_preferred,
                "edits": [
                    {
                        "line": place.line,
                        "column": place.column,
                        "end_line": place.end_line,
                        "end_column": place.end_column,
                        "new": edit.new,
                    }
                    for edit, place in zip(fix.edits, places, strict=True)
                ],
            }
            for fix, places in zip(finding.fixes, placed.edits, strict=True)
        ],
    }


# SARIF


def to_sarif(files: Iterable[Checked], settings: CheckSettings) -> str:
    """All findings as a SARIF 2.1.0 log of one run."""
    files = list(files)
    numbers = {name: number for number, name in enumerate(RULES)}
    run = {
        "tool": {
            "driver": {
                "name": "icdlens",
                "version": __version__,
                "rules": [_sarif_rule(rule, settings) for rule in RULES.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    _sarif_skipped(file) for file in files if file.skipped is not None
                ],
            }
        ],
        "results": [_sarif_result(f.path, placed, numbers) for f in files for placed in f.placed],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _sarif_rule(rule: Rule, settings: CheckSettings) -> dict[str, Any]:
    severity = settings.severity(rule.name)
    found: dict[str, Any] = {
        "id": rule.name,
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {
            "enabled": severity is not None,
            "level": _LEVELS[severity or rule.severity],
        },
    }
    if text := section(rule):
        found["help"] = {"text": text.replace("**", "").replace("`", ""), "markdown": text}
    return found


def _sarif_result(path: str, placed: Placed, numbers: dict[str, int]) -> dict[str, Any]:
    finding = placed.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": _sarif_location(path, placed.place)}],
    }
    if finding.related:
        result["relatedLocations"] = _sarif_related(path, finding, placed.related)
    if finding.fixes:
        result["fixes"] = [
            _sarif_fix(path, fix, places) for fix, places in zip(finding.fixes, placed.edits, strict=True)
        ]
    return result


def _sarif_related(path: str, finding: Finding, places: tuple[Place, ...]) -> list[dict[str, Any]]:
    return [
        {"id": number, "message": {"text": says}, "physicalLocation": _sarif_location(path, place)}
        for number, ((_, _, says), place) in enumerate(zip(finding.related, places, strict=True))
    ]


def _sarif_fix(path: str, fix: Fix, places: tuple[Place, ...]) -> dict[str, Any]:
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(path)},
                "replacements": [
                    {"deletedRegion": _region(place), "insertedContent": {"text": edit.new}}
                    for edit, place in zip(fix.edits, places, strict=True)
                ],
            }
        ],
    }


def _sarif_location(path: str, place: Place) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(path)}, "region": _region(place)}


def _sarif_skipped(file: Checked) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": f"The file was skipped: {file.skipped}."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file.path)}}}],
    }


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _uri(path: str) -> str:
    """A path as a URI: of a file where it is absolute, else a relative reference."""
    found = Path(path)
    return found.as_uri() if found.is_absolute() else quote(found.as_posix())

"""What is said of one message's codes: the findings of the same check that runs on notes."""

from datetime import date
from itertools import groupby

from core.findings.check import check, service_date
from core.findings.finding import Finding, Severity
from core.recogniser.mention import Mention
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates
from index.library import Library
from slack_bot.blocks import context, header, section
from slack_bot.code_lines import code_line, footer, opened
from slack_bot.limits import Block
from slack_bot.mrkdwn import escape, fitted, plain_text
from slack_bot.reply import Answer

READ = 12_000  # characters of a message
_MOST = 12  # codes
_FINDINGS = 4  # of one code
_MESSAGE = 500
_SIGNS = {
    Severity.ERROR: "✗",
    Severity.WARNING: "⚠",
    Severity.INFORMATION: "ⓘ",
    Severity.HINT: "·",
}


def explanation(library: Library, message: str, today: date) -> Answer:
    """Explain the codes of a message as Slack sends it. There is always an answer."""
    text = plain_text(message[:READ])
    stated = stated_dates(text)
    on = service_date(text, today)
    first = library.in_force(on)
    mentions = [m for m in recognise(text, first.catalog, today, stated=stated) if m.is_reportable]
    cut = [context(f"Only the first {READ} characters of the message were read.")] * (len(message) > READ)
    if not mentions:
        none = "No ICD-10-CM codes were found in this message."
        return Answer(none, (section(none), *cut, footer(first, on)))
    found = check(text, first.catalog, today, names=first.names, catalog_on=library.catalog_on)
    by_start = {start: list(group) for start, group in groupby(found, key=lambda finding: finding.start)}
    blocks: list[Block] = [header("ICD-10-CM codes in this message")]
    for mention in mentions[:_MOST]:
        day = stated.date_at(mention.start, today)
        blocks.append(_about(library.in_force(day), mention, by_start.get(mention.start, []), day))
    if len(mentions) > _MOST:
        blocks.append(context(f"The first {_MOST} of {len(mentions)} codes are shown."))
    if len(days := list(dict.fromkeys(map(str, stated.dates)))) == 1:
        blocks.append(context(f"The message states a date of service, {days[0]}, so that counts."))
    elif days:
        last = f"{', '.join(days[:-1])} and {days[-1]}"
        blocks.append(
            context(f"The message states dates of service, {last}; each counts for what follows it.")
        )
    names = ", ".join(mention.written for mention in mentions[:_MOST])
    return Answer(escape(f"ICD-10-CM codes in this message: {names}"), (*blocks, *cut, footer(first, on)))


def _about(library: Library, mention: Mention, findings: list[Finding], on: date) -> Block:
    code = mention.suggestion or mention.code
    lines = [_finding(finding) for finding in findings[:_FINDINGS]]
    if code is None:
        return section("\n".join([f"*{fitted(mention.written, 40)}*", *lines]))
    entry = library.catalog.entry(code)
    title = entry.title if entry else None
    known = code_line(code, title, library.catalog.standing(code, on))
    as_written = mention.written.upper().replace(".", "") == code.undotted
    meant = "" if as_written else f"{fitted(mention.written, 40)} → "
    return opened("\n".join([f"{meant}{known}", *lines]), code, on)


def _finding(finding: Finding) -> str:
    """A remark with the fix that needs no choice, if there is one."""
    fix = next((fix.title for fix in finding.fixes if fix.is_preferred), None)
    mend = f" ({fix})" if fix else ""
    return f"{_SIGNS[finding.severity]} {fitted(finding.message + mend, _MESSAGE)}"

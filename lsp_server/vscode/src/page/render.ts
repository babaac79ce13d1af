// The code page's content as elements, with headings, landmarks and lists that a screen reader can follow.

import type { FromPage } from "../messages.ts";
import { standingLabel } from "../protocol.ts";
import type { Card, Line, NoCard, PathLevel, Run, Section } from "../protocol.ts";
import { Builder } from "./build.ts";

/** What the page can ask of the extension. */
export type Send = (message: FromPage) => void;

export const HEADING_ID = "code";

/** The page's main part for a code's card. */
export function cardContent(document: Document, card: Card, send: Send): HTMLElement {
  const build = new Builder(document);
  const { page } = card;
  return build.element(
    "main",
    { "aria-labelledby": HEADING_ID },
    path(build, card.path, card.code, send),
    build.element(
      "h1",
      { id: HEADING_ID, tabindex: "-1" },
      build.element("span", { class: "code" }, card.code),
      " ",
      page.title,
    ),
    ...(page.short_title === null ? [] : [build.element("p", {}, `Short title: ${page.short_title}`)]),
    status(build, card),
    ...page.cautions.map((text) => build.element("p", { class: "caution", role: "note" }, text)),
    ...page.sections.map((section, number) => sectionContent(build, section, number, send)),
    build.element("footer", {}, ...page.footer.map((text) => build.element("p", {}, text))),
  );
}

/** The page's main part for a code that does not exist. */
export function noCardContent(document: Document, card: NoCard, send: Send): HTMLElement {
  const build = new Builder(document);
  const near = card.suggestions.map((code) => build.element("li", {}, link(build, code, code, send)));
  return build.element(
    "main",
    { "aria-labelledby": HEADING_ID },
    build.element("h1", { id: HEADING_ID, tabindex: "-1" }, `No code ${card.code}`),
    build.element("p", { class: "caution", role: "note" }, card.error),
    ...(near.length > 0 ? [build.element("h2", {}, "Codes written almost like it"), build.element("ul", {}, ...near)] : []),
  );
}

/** The page's main part where there is no answer. */
export function problemContent(document: Document, text: string): HTMLElement {
  const build = new Builder(document);
  return build.element(
    "main",
    { "aria-labelledby": HEADING_ID },
    build.element("h1", { id: HEADING_ID, tabindex: "-1" }, "No answer"),
    build.element("p", { class: "caution", role: "note" }, text),
  );
}

function status(build: Builder, card: Card): HTMLElement {
  const label = standingLabel(card.standing);
  const mark = build.element("strong", { class: `standing ${card.standing}` }, label);
  // The sentence says what the mark says, and the reason; a screen reader needs only the sentence.
  mark.setAttribute("aria-hidden", "true");
  return build.element("p", { class: "status" }, mark, " ", card.page.status);
}

function path(build: Builder, levels: readonly PathLevel[], own: string, send: Send): HTMLElement {
  const isOwn = (level: PathLevel): boolean => level.name === own && !isGroup(level);
  const items = levels.filter((level) => !isOwn(level)).map((level) => build.element("li", {}, step(build, level, send)));
  return build.element("nav", { "aria-label": "Where it stands" }, build.element("ol", { class: "path" }, ...items));
}

function step(build: Builder, level: PathLevel, send: Send): HTMLElement {
  if (!isGroup(level)) {
    return link(build, `${level.name} ${level.title}`, level.name, send);
  }
  const label = level.level === "chapter" ? `Chapter ${level.name} ${level.title}` : `${level.name} ${level.title}`;
  return build.link(label, { title: "Show in the tree" }, () => {
    send({ type: "reveal", level: level.level, name: level.name });
  });
}

function isGroup(level: PathLevel): boolean {
  return level.level === "chapter" || level.level === "block";
}

function sectionContent(build: Builder, section: Section, number: number, send: Send): HTMLElement {
  const id = `section-${number}`;
  return build.element(
    "section",
    { "aria-labelledby": id },
    build.element("h2", { id }, section.heading),
    list(build, section.lines, 0, send),
  );
}

/** Lines as a list; those that stand under another are a list within its entry. */
function list(build: Builder, lines: readonly Line[], depth: number, send: Send): HTMLElement {
  const made = build.element("ul", {});
  for (let at = 0; at < lines.length; ) {
    const next = lines.findIndex((line, place) => place > at && line.depth <= depth);
    const end = next < 0 ? lines.length : next;
    const [line, ...under] = lines.slice(at, end) as [Line, ...Line[]];
    const entry = build.element("li", {}, ...line.runs.map((run) => runContent(build, run, send)));
    if (under.length > 0) {
      entry.append(list(build, under, depth + 1, send));
    }
    made.append(entry);
    at = end;
  }
  return made;
}

function runContent(build: Builder, run: Run, send: Send): Node | string {
  if (run.code !== undefined) {
    return link(build, run.text, run.code, send);
  }
  // Only official pages over https; the editor asks before it opens one.
  return run.url?.startsWith("https://") === true ? build.element("a", { href: run.url }, run.text) : run.text;
}

function link(build: Builder, text: string, code: string, send: Send): HTMLElement {
  return build.link(text, { class: "code-link", title: `Show ${code}` }, () => {
    send({ type: "open", code });
  });
}

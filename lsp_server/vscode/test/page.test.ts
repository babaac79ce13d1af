// The code page's content, in a document without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Window } from "happy-dom";
import type { FromPage } from "../src/messages.ts";
import { cardContent, noCardContent, problemContent } from "../src/page/render.ts";
import { Toolbar } from "../src/page/toolbar.ts";
import type { Card } from "../src/protocol.ts";

const MARKUP = '<img src=x onerror="broken()"><script>broken()</script>';

function newDocument(): Document {
  return new Window().document as unknown as Document;
}

function card(changes: Partial<Card["page"]> = {}): Card {
  return {
    message: null,
    found: true,
    code: "M53.9",
    title: "Dorsopathy, unspecified",
    standing: "billable",
    as_of: "2026-11-22",
    release: "FY2026 (April 1, 2026)",
    path: [
      { level: "chapter", name: "13", title: "Diseases" },
      { level: "block", name: "M50-M54", title: "Other dorsopathies" },
      { level: "category", name: "M53", title: "Other" },
      { level: "code", name: "M53.9", title: "Dorsopathy, unspecified" },
    ],
    page: {
      title: "Dorsopathy, unspecified",
      short_title: null,
      status: "Billable: valid for submission.",
      cautions: ["Superseded."],
      sections: [
        {
          heading: "Excludes1",
          lines: [
            { depth: 0, runs: [{ text: "discitis NOS (" }, { text: "M46.4", code: "M46.4" }, { text: "-)" }] },
            { depth: 0, runs: [{ text: "CMS: " }, { text: "https://www.cms.gov/x", url: "https://www.cms.gov/x" }] },
          ],
        },
      ],
      footer: ["As of 2026-11-22"],
      ...changes,
    },
  };
}

function shown(given: Card): { main: HTMLElement; sent: FromPage[] } {
  const document = newDocument();
  const sent: FromPage[] = [];
  const main = cardContent(document, given, (message) => sent.push(message));
  document.body.append(main);
  return { main, sent };
}

const texts = (root: ParentNode, selector: string): (string | null)[] =>
  [...root.querySelectorAll(selector)].map((element) => element.textContent);

function click(root: ParentNode, text: string): void {
  const found = [...root.querySelectorAll<HTMLElement>("a, button")].find((element) => element.textContent === text);
  assert.ok(found, `nothing to click says ${text}`);
  found.click();
}

test("headings, landmarks and lists", () => {
  const { main } = shown(card());
  assert.deepEqual(texts(main, "h1"), ["M53.9 Dorsopathy, unspecified"]);
  assert.deepEqual(texts(main, "h2"), ["Excludes1"]);
  assert.deepEqual(texts(main, "nav li"), ["Chapter 13 Diseases", "M50-M54 Other dorsopathies", "M53 Other"]);
  assert.deepEqual(texts(main, "section li"), ["discitis NOS (M46.4-)", "CMS: https://www.cms.gov/x"]);
  for (const section of main.querySelectorAll("section")) {
    const label = section.getAttribute("aria-labelledby") ?? "";
    assert.equal(main.querySelector(`#${label}`)?.tagName, "H2");
  }
  assert.equal(main.querySelector("h1")?.id, main.getAttribute("aria-labelledby"));
});

test("links ask the extension, or lead to an official page", () => {
  const { main, sent } = shown(card());
  click(main, "M46.4");
  click(main, "M53 Other");
  click(main, "M50-M54 Other dorsopathies");
  assert.deepEqual(sent, [
    { type: "open", code: "M46.4" },
    { type: "open", code: "M53" },
    { type: "reveal", level: "block", name: "M50-M54" },
  ]);
  assert.equal(main.querySelector('a[href^="https:"]')?.getAttribute("href"), "https://www.cms.gov/x");
});

test("lines that stand under another are a list within its entry", () => {
  const line = (depth: number, text: string): { depth: number; runs: { text: string }[] } => ({ depth, runs: [{ text }] });
  const lines = [line(0, "Code first:"), line(1, "syphilis:"), line(2, "late"), line(1, "gout"), line(0, "also")];
  const { main } = shown(card({ sections: [{ heading: "Code first", lines }] }));
  assert.deepEqual(texts(main, "section > ul > li > ul > li > ul > li"), ["late"]);
  assert.deepEqual(texts(main, "section > ul > li > ul > li"), ["syphilis:late", "gout"]);
  assert.deepEqual(texts(main, "section > ul > li"), ["Code first:syphilis:lategout", "also"]);
});

test("a short title is shown where there is one", () => {
  assert.match(shown(card({ short_title: "Dorsopathy unsp" })).main.textContent, /Short title: Dorsopathy unsp/);
  assert.doesNotMatch(shown(card()).main.textContent, /Short title/);
});

test("data never becomes markup", () => {
  const { main } = shown(
    card({
      title: MARKUP,
      status: MARKUP,
      cautions: [MARKUP],
      footer: [MARKUP],
      sections: [{ heading: MARKUP, lines: [{ depth: 0, runs: [{ text: MARKUP }, { text: MARKUP, code: MARKUP }, { text: MARKUP, url: "javascript:broken()" }] }] }],
    }),
  );
  assert.equal(main.querySelectorAll("img, script").length, 0);
  assert.equal(main.querySelectorAll('a[href^="javascript"]').length, 0);
  assert.ok(main.textContent.split(MARKUP).length > 7);
});

test("a code that does not exist has suggestions", () => {
  const document = newDocument();
  const sent: FromPage[] = [];
  const missing = { message: null, found: false, code: MARKUP, error: "There is none.", suggestions: ["M53.9"] } as const;
  const main = noCardContent(document, missing, (message) => sent.push(message));
  click(main, "M53.9");
  assert.deepEqual(sent, [{ type: "open", code: "M53.9" }]);
  assert.equal(main.querySelectorAll("img, script").length, 0);
});

test("a problem is said", () => {
  assert.match(problemContent(newDocument(), "Being compiled.").textContent, /Being compiled\./);
});

test("the tools: history, date and code", () => {
  const document = newDocument();
  const sent: FromPage[] = [];
  const { element, ...rest } = toolbar(document, sent);
  rest.show({ on: "", asOf: "2026-11-22", back: true, forward: false, isCard: true });
  assert.deepEqual(
    [...element.querySelectorAll("button")].map((button) => [button.getAttribute("aria-label") ?? button.textContent, button.disabled]),
    [["Back", false], ["Forward", true], ["Show", false], ["Copy code", false], ["Insert into note", false]],
  );
  const field = element.querySelector("input");
  assert.ok(field);
  assert.equal(element.querySelector("label")?.getAttribute("for"), field.id);
  assert.equal(field.value, "2026-11-22");
  field.value = "2026-02-30";
  click(element, "Show");
  assert.equal(field.getAttribute("aria-invalid"), "true");
  assert.match(element.querySelector('[role="alert"]')?.textContent ?? "", /YYYY-MM-DD/);
  field.value = " 2021-09-30 ";
  click(element, "Show");
  assert.equal(field.getAttribute("aria-invalid"), "false");
  click(element, "←");
  click(element, "Copy code");
  click(element, "Insert into note");
  assert.deepEqual(sent, [{ type: "date", on: "2021-09-30" }, { type: "back" }, { type: "copy" }, { type: "insert" }]);
});

function toolbar(document: Document, sent: FromPage[]): { element: HTMLElement; show: Toolbar["show"] } {
  const made = new Toolbar(document, (message) => sent.push(message));
  document.body.append(made.element);
  return { element: made.element, show: (shown) => { made.show(shown); } };
}

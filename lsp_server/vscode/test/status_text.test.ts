import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "../src/protocol.ts";
import { sentences, statusTexts } from "../src/status_text.ts";

const STATUS: Status = {
  message: null,
  ready: true,
  compiling: false,
  version: "0.1.0",
  as_of: "2026-11-22",
  release: "FY2026 (April 1, 2026)",
  release_effective: "2026-04-01",
  superseded_on: "2026-10-01",
  known_through: "2027-09-30",
};

test("the item names the release and the date", () => {
  assert.equal(statusTexts("ready", STATUS, false).text, "$(book) ICD-10-CM FY2026 · 2026-11-22");
});

test("a date that was chosen looks different from today", () => {
  assert.equal(statusTexts("ready", STATUS, true).text, "$(calendar) ICD-10-CM FY2026 · 2026-11-22");
  assert.match(statusTexts("ready", STATUS, true).tooltip, /that you chose/);
  assert.match(statusTexts("ready", STATUS, false).tooltip, /for 2026-11-22, today/);
});

test("a superseded release is said to be", () => {
  assert.match(sentences(STATUS, false).join(" "), /in force since 2026-10-01/);
  assert.doesNotMatch(sentences({ ...STATUS, superseded_on: null }, false).join(" "), /in force/);
});

test("without a server the item says why", () => {
  assert.match(statusTexts("missing", undefined, false).text, /install/);
  assert.match(statusTexts("compiling", undefined, false).tooltip, /once/);
  assert.match(statusTexts("failed", undefined, false).tooltip, /not running/);
  const broken: Status = { message: "It cannot be read.", ready: false, compiling: false, version: "0.1.0", as_of: "2026-11-22" };
  assert.equal(statusTexts("ready", broken, false).tooltip, "It cannot be read.");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { notes } from "../src/languages.ts";

const has = (setting: unknown, scheme: string, language: string): boolean =>
  notes(setting).some((note) => note.scheme === scheme && note.language === language);

test("files and untitled texts of the usual languages", () => {
  for (const language of ["plaintext", "markdown", "restructuredtext", "html", "jinja"]) {
    assert.ok(has(undefined, "file", language));
    assert.ok(has(undefined, "untitled", language));
  }
  assert.ok(!has(undefined, "file", "python"));
  assert.ok(!has(undefined, "output", "plaintext"));
  assert.ok(!has(undefined, "git", "plaintext"));
});

test("the setting adds languages", () => {
  assert.ok(has([" latex "], "file", "latex"));
  assert.ok(has(["latex"], "file", "markdown"));
});

for (const setting of [null, "latex", 3, {}, [null, 3, "", "  "]]) {
  test(`a setting that is ${JSON.stringify(setting)} adds none`, () => {
    assert.deepEqual(notes(setting), notes([]));
  });
}

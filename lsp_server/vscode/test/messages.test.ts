import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage } from "../src/messages.ts";

const good: readonly unknown[] = [
  { type: "ready" },
  { type: "back" },
  { type: "forward" },
  { type: "copy" },
  { type: "insert" },
  { type: "open", code: "M53.9" },
  { type: "date", on: "" },
  { type: "reveal", level: "block", name: "M50-M54" },
];

for (const message of good) {
  test(`${JSON.stringify(message)} is understood`, () => {
    assert.deepEqual(readMessage(message), message);
  });
}

const bad: readonly unknown[] = [
  undefined,
  null,
  "ready",
  {},
  { type: "run", command: "workbench.action.quit" },
  { type: "open" },
  { type: "open", code: 3 },
  { type: "open", code: "x".repeat(101) },
  { type: "date", on: null },
  { type: "reveal", level: "planet", name: "Mars" },
  { type: "reveal", level: "block" },
];

for (const message of bad) {
  test(`${JSON.stringify({ message }).slice(0, 60)} is not`, () => {
    assert.equal(readMessage(message), undefined);
  });
}

test("what else is in a message goes no further", () => {
  assert.deepEqual(readMessage({ type: "copy", code: "x" }), { type: "copy" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { dateProblem, isDate } from "../src/dates.ts";

const days: readonly [string, boolean][] = [
  ["2026-11-22", true],
  ["2024-02-29", true],
  ["2023-02-29", false],
  ["2026-02-30", false],
  ["2026-13-01", false],
  ["2026-00-10", false],
  ["0099-01-01", false],
  ["2026-1-1", false],
  ["22.11.2026", false],
  ["2026-11-22\n", false],
  ["", false],
];

for (const [written, expected] of days) {
  test(`${JSON.stringify(written)} is ${expected ? "a" : "no"} date`, () => {
    assert.equal(isDate(written), expected);
  });
}

test("a field may be empty, and says how a date is written", () => {
  assert.equal(dateProblem("  "), null);
  assert.equal(dateProblem(" 2026-11-22 "), null);
  assert.match(dateProblem("tomorrow") ?? "", /YYYY-MM-DD/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../src/history.ts";

const at = (code: string, on = ""): { code: string; on: string } => ({ code, on });

test("back and forward, as in a browser", () => {
  const history = new History();
  assert.deepEqual([history.current, history.canGoBack, history.canGoForward], [undefined, false, false]);
  assert.equal(history.back(), undefined);
  history.visit(at("A00"));
  history.visit(at("B00"));
  history.visit(at("C00"));
  assert.equal(history.back()?.code, "B00");
  assert.equal(history.back()?.code, "A00");
  assert.equal(history.back(), undefined);
  assert.equal(history.forward()?.code, "B00");
  assert.deepEqual([history.canGoBack, history.canGoForward], [true, true]);
  history.visit(at("D00"));
  assert.equal(history.canGoForward, false);
  assert.equal(history.back()?.code, "B00");
});

test("the same page on the same date is no new one, on another it is", () => {
  const history = new History();
  history.visit(at("A00"));
  history.visit(at("A00"));
  assert.equal(history.canGoBack, false);
  history.visit(at("A00", "2026-11-22"));
  assert.equal(history.canGoBack, true);
});

test("it does not grow for ever", () => {
  const history = new History();
  for (let number = 0; number < 1000; number++) {
    history.visit(at(String(number)));
  }
  let steps = 0;
  while (history.back() !== undefined) {
    steps++;
  }
  assert.equal(steps, 199);
  assert.equal(history.current?.code, "800");
});

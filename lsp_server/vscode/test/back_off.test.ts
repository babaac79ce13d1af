import assert from "node:assert/strict";
import { test } from "node:test";
import { BackOff } from "../src/back_off.ts";

test("it waits longer after each crash, and gives up after five in three minutes", () => {
  let now = 0;
  const backOff = new BackOff(() => now);
  const delays: (number | undefined)[] = [];
  for (let crash = 0; crash < 6; crash++) {
    delays.push(backOff.nextDelay());
    now += 10_000;
  }
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, undefined]);
});

test("crashes of long ago do not count", () => {
  let now = 0;
  const backOff = new BackOff(() => now);
  for (let crash = 0; crash < 20; crash++) {
    assert.equal(backOff.nextDelay(), 500);
    now += 180_000;
  }
});

test("a start by the user forgets them", () => {
  const backOff = new BackOff(() => 0);
  while (backOff.nextDelay() !== undefined);
  backOff.reset();
  assert.equal(backOff.nextDelay(), 500);
});

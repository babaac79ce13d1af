// When to restart a server that stopped by itself.

const WINDOW_MS = 3 * 60_000;
const MOST_IN_WINDOW = 5;
const FIRST_DELAY_MS = 500;

/** Waits longer after each crash, and gives up where there are many in a short time. */
export class BackOff {
  #crashes: number[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Milliseconds to wait before the next start; undefined: it stopped too often, do not start it. */
  nextDelay(): number | undefined {
    const now = this.#now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < WINDOW_MS), now];
    const count = this.#crashes.length;
    return count > MOST_IN_WINDOW ? undefined : FIRST_DELAY_MS * 2 ** (count - 1);
  }

  /** Forget the crashes: the user asked for a start. */
  reset(): void {
    this.#crashes = [];
  }
}

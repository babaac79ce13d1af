// Where the reader of the code page has been: back and forward, as in a browser.

/** A page: a code, and the date of service asked for; an empty date is that of the settings. */
export interface Place {
  readonly code: string;
  readonly on: string;
}

const MOST = 200;

export class History {
  readonly #places: Place[] = [];
  #at = -1;

  get current(): Place | undefined {
    return this.#places[this.#at];
  }

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#places.length - 1;
  }

  /** Go to a page. What was forward of here is forgotten; the page that is shown already is no new one. */
  visit(place: Place): void {
    const { current } = this;
    if (current?.code === place.code && current.on === place.on) {
      return;
    }
    this.#places.splice(this.#at + 1, this.#places.length, place);
    if (this.#places.length > MOST) {
      this.#places.shift();
    }
    this.#at = this.#places.length - 1;
  }

  /** The page before, which becomes the current one; undefined at the first. */
  back(): Place | undefined {
    return this.canGoBack ? this.#places[--this.#at] : undefined;
  }

  /** The page after, which becomes the current one; undefined at the last. */
  forward(): Place | undefined {
    return this.canGoForward ? this.#places[++this.#at] : undefined;
  }
}

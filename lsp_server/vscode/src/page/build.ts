// Building elements. Data becomes text nodes and attributes only, never markup.

type Attributes = Readonly<Record<string, string>>;

export class Builder {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  /** An element with its attributes and what is in it. */
  element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Attributes,
    ...inside: readonly (Node | string)[]
  ): HTMLElementTagNameMap[K] {
    const made = this.#document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...inside);
    return made;
  }

  /** A link that the extension follows. */
  link(label: string, attributes: Attributes, follow: () => void): HTMLAnchorElement {
    const made = this.element("a", { href: "#", ...attributes }, label);
    made.addEventListener("click", (event) => {
      event.preventDefault();
      follow();
    });
    return made;
  }

  /** A button that does something. */
  button(label: string, attributes: Attributes, act: () => void): HTMLButtonElement {
    const made = this.element("button", { type: "button", ...attributes }, label);
    made.addEventListener("click", act);
    return made;
  }
}

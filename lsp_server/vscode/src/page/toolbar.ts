// The code page's tools: back and forward, the date of service, copying and inserting the code.

import { dateProblem } from "../dates.ts";
import type { Send } from "./render.ts";
import { Builder } from "./build.ts";

export interface Shown {
  readonly on: string;
  readonly asOf: string;
  readonly back: boolean;
  readonly forward: boolean;
  readonly isCard: boolean;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #insert: HTMLButtonElement;
  readonly #date: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly #send: Send;

  constructor(document: Document, send: Send) {
    const build = new Builder(document);
    this.#send = send;
    this.#back = build.button("←", { "aria-label": "Back", title: "Back (Alt+Left)" }, () => { send({ type: "back" }); });
    this.#forward = build.button("→", { "aria-label": "Forward", title: "Forward (Alt+Right)" }, () => { send({ type: "forward" }); });
    this.#copy = build.button("Copy code", {}, () => { send({ type: "copy" }); });
    this.#insert = build.button("Insert into note", {}, () => { send({ type: "insert" }); });
    this.#problem = build.element("span", { id: "date-problem", class: "problem", role: "alert" });
    this.#date = build.element("input", {
      id: "date",
      type: "text",
      inputmode: "numeric",
      placeholder: "YYYY-MM-DD",
      size: "11",
      autocomplete: "off",
      "aria-describedby": "date-problem",
    });
    const form = build.element(
      "form",
      { class: "date" },
      build.element("label", { for: "date" }, "On date of service"),
      this.#date,
      build.element("button", { type: "submit" }, "Show"),
      this.#problem,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#askForDate();
    });
    this.element = build.element(
      "header",
      {},
      build.element("div", { role: "group", "aria-label": "History", class: "group" }, this.#back, this.#forward),
      form,
      build.element("div", { role: "group", "aria-label": "Code", class: "group" }, this.#copy, this.#insert),
    );
  }

  show(shown: Shown): void {
    this.#back.disabled = !shown.back;
    this.#forward.disabled = !shown.forward;
    this.#copy.disabled = !shown.isCard;
    this.#insert.disabled = !shown.isCard;
    this.#date.value = shown.on === "" ? shown.asOf : shown.on;
    this.#complain(null);
  }

  #askForDate(): void {
    const written = this.#date.value.trim();
    const problem = dateProblem(written);
    this.#complain(problem);
    if (problem === null) {
      this.#send({ type: "date", on: written });
    }
  }

  #complain(problem: string | null): void {
    this.#problem.textContent = problem ?? "";
    this.#date.setAttribute("aria-invalid", String(problem !== null));
  }
}

// The script of the code page. It shows what the extension sends and sends back what the reader does.

import type { FromPage, ToPage } from "../messages.ts";
import { cardContent, HEADING_ID, noCardContent, problemContent } from "./render.ts";
import { Toolbar } from "./toolbar.ts";

interface Editor {
  postMessage(message: FromPage): void;
  setState(state: { readonly code: string; readonly on: string }): void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const send = (message: FromPage): void => { editor.postMessage(message); };
const toolbar = new Toolbar(document, send);
const announcer = document.createElement("p");
announcer.setAttribute("role", "status");
announcer.className = "said";
let main = document.createElement("main");
document.body.append(toolbar.element, announcer, main);

function replace(content: HTMLElement): void {
  main.replaceWith(content);
  main = content;
  window.scrollTo(0, 0);
  // The reader goes on at the new page's heading, which a screen reader then says.
  document.getElementById(HEADING_ID)?.focus({ preventScroll: true });
}

function show(message: ToPage): void {
  switch (message.type) {
    case "card": {
      const { card, on, back, forward } = message;
      announcer.textContent = "";
      toolbar.show({ on, back, forward, asOf: card.found ? card.as_of : "", isCard: card.found });
      editor.setState({ code: card.code, on });
      replace(card.found ? cardContent(document, card, send) : noCardContent(document, card, send));
      break;
    }
    case "problem":
      replace(problemContent(document, message.text));
      break;
    case "said":
      announcer.textContent = message.text;
      break;
  }
}

window.addEventListener("message", (event: MessageEvent<ToPage>) => { show(event.data); });
window.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    event.preventDefault();
    send({ type: event.key === "ArrowLeft" ? "back" : "forward" });
  }
});
send({ type: "ready" });

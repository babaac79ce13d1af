// The code page: a code's full card in a panel beside the note.

import { randomBytes } from "node:crypto";
import { commands, env, Uri, ViewColumn, window } from "vscode";
import type { Disposable, ExtensionContext, Webview, WebviewPanel, WebviewPanelSerializer } from "vscode";
import { History } from "./history.ts";
import type { Place } from "./history.ts";
import { readMessage } from "./messages.ts";
import type { FromPage, ToPage } from "./messages.ts";
import { pageHtml } from "./page_html.ts";
import type { Card, PathLevel } from "./protocol.ts";
import type { Server } from "./server.ts";

const TYPE = "icdlens.codePage";

export class CodePage implements Disposable, WebviewPanelSerializer {
  readonly #context: ExtensionContext;
  readonly #server: Server;
  readonly #reveal: (path: readonly PathLevel[]) => Promise<void>;
  #panel: WebviewPanel | undefined;
  #history = new History();
  #card: Card | undefined;

  constructor(context: ExtensionContext, server: Server, reveal: (path: readonly PathLevel[]) => Promise<void>) {
    this.#context = context;
    this.#server = server;
    this.#reveal = reveal;
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  /** Show a code, on the settings' date unless the page is open for another. */
  async show(code: string): Promise<void> {
    this.#history.visit({ code, on: this.#history.current?.on ?? "" });
    if (this.#panel === undefined) {
      const column = window.activeTextEditor === undefined ? ViewColumn.Active : ViewColumn.Beside;
      this.#adopt(window.createWebviewPanel(TYPE, code, { viewColumn: column }, this.#options()));
    } else {
      this.#panel.reveal(undefined, false);
      await this.refresh();
    }
  }

  /** Ask for the shown card again: the server, the release or the settings' date changed. */
  async refresh(): Promise<void> {
    const place = this.#history.current;
    if (this.#panel !== undefined && place !== undefined) {
      await this.#load(this.#panel, place);
    }
  }

  /** The editor opens a panel of its last session. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const { code, on } = (state ?? {}) as Partial<Record<string, unknown>>;
    this.#panel?.dispose();
    panel.webview.options = this.#options();
    if (typeof code === "string" && typeof on === "string") {
      this.#history.visit({ code, on });
    }
    this.#adopt(panel);
    await this.#server.ensureStarted();
  }

  #options(): { enableScripts: true; localResourceRoots: Uri[] } {
    const { extensionUri } = this.#context;
    const roots = [Uri.joinPath(extensionUri, "dist"), Uri.joinPath(extensionUri, "media")];
    return { enableScripts: true, localResourceRoots: roots };
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = Uri.joinPath(this.#context.extensionUri, "media", "icon.png");
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#history = new History();
    });
    panel.webview.onDidReceiveMessage(async (data: unknown) => {
      const message = readMessage(data);
      if (message !== undefined) {
        await this.#receive(message);
      }
    });
    // The page's script says when it is ready, also when the panel was hidden and comes back.
    panel.webview.html = this.#html(panel.webview);
  }

  #html(webview: Webview): string {
    const file = (...parts: string[]): string =>
      webview.asWebviewUri(Uri.joinPath(this.#context.extensionUri, ...parts)).toString();
    return pageHtml({
      nonce: randomBytes(16).toString("hex"),
      cspSource: webview.cspSource,
      script: file("dist", "page.js"),
      style: file("media", "page.css"),
    });
  }

  async #receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.refresh();
        break;
      case "open":
        await this.show(message.code);
        break;
      case "back":
        this.#history.back();
        await this.refresh();
        break;
      case "forward":
        this.#history.forward();
        await this.refresh();
        break;
      case "date":
        this.#history.visit({ code: this.#history.current?.code ?? "", on: message.on });
        await this.refresh();
        break;
      case "copy":
        await this.#copy();
        break;
      case "insert":
        await commands.executeCommand("icdlens.insertCode", this.#card?.code);
        break;
      case "reveal":
        await this.#revealLevel(message.level, message.name);
        break;
    }
  }

  async #load(panel: WebviewPanel, place: Place): Promise<void> {
    const answer = await this.#server.ask("icdlens/card", place.on === "" ? { code: place.code } : place);
    if (place !== this.#history.current) {
      return; // the reader went on meanwhile
    }
    if (answer.message !== null) {
      await this.#post(panel, { type: "problem", text: answer.message });
      return;
    }
    this.#card = answer.found ? answer : undefined;
    panel.title = answer.code;
    const { canGoBack: back, canGoForward: forward } = this.#history;
    await this.#post(panel, { type: "card", card: answer, on: place.on, back, forward });
  }

  async #copy(): Promise<void> {
    if (this.#card !== undefined && this.#panel !== undefined) {
      await env.clipboard.writeText(this.#card.code);
      await this.#post(this.#panel, { type: "said", text: `Copied ${this.#card.code}` });
    }
  }

  async #revealLevel(level: string, name: string): Promise<void> {
    const path = this.#card?.path ?? [];
    const end = path.findIndex((step) => step.level === level && step.name === name);
    await this.#reveal(path.slice(0, end + 1));
  }

  async #post(panel: WebviewPanel, message: ToPage): Promise<void> {
    await panel.webview.postMessage(message);
  }
}

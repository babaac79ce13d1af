// The status-bar item: the release and the date, and a menu behind it.

import { commands, StatusBarAlignment, window } from "vscode";
import type { Disposable, StatusBarItem } from "vscode";
import { isDateChosen } from "./date_setting.ts";
import type { Server } from "./server.ts";
import { sentences, statusTexts } from "./status_text.ts";

export class StatusBar implements Disposable {
  readonly #item: StatusBarItem;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.#item = window.createStatusBarItem("icdlens.status", StatusBarAlignment.Right, 90);
    this.#item.name = "ICD-10-CM release and date";
    this.#item.command = "icdlens.menu";
    this.refresh();
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }

  refresh(): void {
    const { text, tooltip } = statusTexts(this.#server.state, this.#server.status, isDateChosen());
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip, role: "button" };
  }
}

/** The menu behind the status-bar item. */
export async function showMenu(server: Server): Promise<void> {
  const entry = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const entries = [
    entry("search", "Search codes", "icdlens.search"),
    entry("list-tree", "Browse the classification", "icdlens.browse"),
    entry("calendar", "Change the date of service", "icdlens.changeDate"),
    ...(server.state === "missing" ? [entry("cloud-download", "Install the server", "icdlens.install")] : []),
    entry("debug-restart", "Restart the server", "icdlens.restart"),
    entry("info", "About", "icdlens.about"),
  ];
  const chosen = await window.showQuickPick(entries, { title: "ICD-10-CM" });
  if (chosen !== undefined) {
    await commands.executeCommand(chosen.command);
  }
}

/** What is installed, what it answers from, and what it does not do. */
export async function showAbout(server: Server, version: string): Promise<void> {
  const { status, command } = server;
  const running = status === undefined ? ["The server is not running."] : [`Server ${status.version}, found as ${command?.found ?? ""}.`];
  const detail = [
    ...running,
    ...(status?.release === undefined ? [] : sentences(status, isDateChosen())),
    "ICD-10-CM is published by CDC/NCHS; billable periods are derived from the Medicare Code Editor, CMS. Neither endorses icdlens.",
    "icdlens sends, stores and logs no note, no search and no file name.",
  ].join("\n\n");
  await window.showInformationMessage(`icdlens ${version}`, { modal: true, detail });
}

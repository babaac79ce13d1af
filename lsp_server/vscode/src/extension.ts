// Puts the parts together: what VS Code calls when the extension starts.

import { commands, env, languages, window, workspace } from "vscode";
import type { ExtensionContext, TextDocument } from "vscode";
import { codeAtCursor, insertCode } from "./code_at_cursor.ts";
import { CodePage } from "./code_page.ts";
import { changeDate } from "./date_setting.ts";
import { install, offerInstallation } from "./installation.ts";
import { notes } from "./languages.ts";
import { searchCodes } from "./search.ts";
import { Server } from "./server.ts";
import { showAbout, showMenu, StatusBar } from "./status_bar.ts";
import { versionOf } from "./surroundings.ts";
import { ClassificationTree, VIEW } from "./tree.ts";
import type { Node } from "./tree.ts";

let running: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("icdlens", { log: true });
  const server = new Server(context, log);
  running = server;
  const tree = new ClassificationTree(server);
  const page = new CodePage(context, server, (path) => tree.reveal(path));
  const bar = new StatusBar(server);
  let wasOffered = false;

  const installAndStart = async (agreed: Promise<boolean>): Promise<void> => {
    if (await agreed) {
      await server.restart();
    }
  };
  const offerOnce = async (): Promise<void> => {
    if (server.state === "missing" && !wasOffered) {
      wasOffered = true;
      await installAndStart(offerInstallation(context, log));
    }
  };
  const startFor = async (document: TextDocument | undefined): Promise<void> => {
    if (document !== undefined && isNote(document)) {
      await server.ensureStarted();
    }
  };

  context.subscriptions.push(
    log,
    server,
    tree,
    page,
    bar,
    server.onDidChange(() => {
      bar.refresh();
      tree.refresh();
      void commands.executeCommand("setContext", "icdlens.state", server.state);
      void page.refresh();
      void offerOnce();
    }),
    workspace.onDidOpenTextDocument(startFor),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("icdlens.interpreter") || event.affectsConfiguration("icdlens.languages")) {
        await server.restart();
      } else if (event.affectsConfiguration("icdlens")) {
        await server.sendSettings();
      }
    }),
    window.onDidChangeActiveTextEditor((editor) => { markNote(editor?.document); }),
    window.registerWebviewPanelSerializer("icdlens.codePage", page),
    ...Object.entries<(argument: unknown) => unknown>({
      search: () => { searchCodes(server, (code) => void page.show(code), (code) => void insertCode(code)); },
      browse: () => commands.executeCommand(`${VIEW}.focus`),
      showCode: (code) => showCode(page, code),
      changeDate: () => changeDate(server.status?.as_of),
      menu: () => showMenu(server),
      restart: () => server.restart(),
      install: () => installAndStart(install(context, log)),
      about: () => showAbout(server, versionOf(context)),
      showLog: () => { log.show(); },
      copyCode: (node) => env.clipboard.writeText((node as Node).branch.name),
      insertCode: (code) => insertCode(typeof code === "string" ? code : (code as Node).branch.name),
    }).map(([name, act]) => commands.registerCommand(`icdlens.${name}`, act)),
  );

  markNote(window.activeTextEditor?.document);
  workspace.textDocuments.forEach((document) => void startFor(document));
}

/** VS Code waits for the server's end. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** Show a given code, the one at the cursor, or one that is asked for. */
async function showCode(page: CodePage, given: unknown): Promise<void> {
  const code = typeof given === "string" ? given : codeAtCursor();
  const written = code ?? (await window.showInputBox({ title: "ICD-10-CM code", placeHolder: "M53.9" }));
  if (written !== undefined && written.trim() !== "") {
    await page.show(written.trim());
  }
}

function isNote(document: TextDocument): boolean {
  return languages.match(notes(workspace.getConfiguration("icdlens").get("languages")), document) > 0;
}

function markNote(document: TextDocument | undefined): void {
  void commands.executeCommand("setContext", "icdlens.isNote", document !== undefined && isNote(document));
}

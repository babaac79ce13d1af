// Installing the server into an environment of the extension's own, after saying what will be done.

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { commands, ProgressLocation, window } from "vscode";
import type { CancellationToken, ExtensionContext, LogOutputChannel } from "vscode";
import { interpretersOnPath, isNewEnough, markerOf, pythonOf } from "./environment.ts";
import { ownEnvironment, surroundings, versionOf } from "./surroundings.ts";

const run = promisify(execFile);
const ASKED_KEY = "icdlens.doNotOffer";
const CHOOSE = "Choose Interpreter";

/** Offer to install, unless the user said never to. True if the server was installed. */
export async function offerInstallation(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  if (context.globalState.get<boolean>(ASKED_KEY) === true) {
    return false;
  }
  const text = "icdlens needs its server, a Python program, which was not found on your PATH.";
  const chosen = await window.showInformationMessage(text, "Install…", CHOOSE, "Do Not Ask Again");
  if (chosen === "Do Not Ask Again") {
    await context.globalState.update(ASKED_KEY, true);
  } else if (chosen === CHOOSE) {
    await chooseInterpreter();
  }
  return chosen === "Install…" && (await install(context, log));
}

/** Say what an installation does, and do it if the user agrees. True if it succeeded. */
export async function install(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  const wheel = bundledWheel(context);
  const python = await findPython(context);
  if (wheel === undefined || python === undefined) {
    await explainWhyNot(wheel !== undefined);
    return false;
  }
  const folder = ownEnvironment(context);
  const detail = [
    `1. Make a virtual environment in ${folder}, with ${python}.`,
    `2. Install icdlens ${versionOf(context)} into it with pip, from the file that came with this extension. ` +
      "What it depends on, pip downloads from the package index that it is set up with.",
    "Nothing else on your machine changes. To undo it, delete the folder.",
  ].join("\n\n");
  if ((await window.showInformationMessage("Install the icdlens server?", { modal: true, detail }, "Install")) !== "Install") {
    return false;
  }
  return await withProgress((token) => make(folder, python, wheel, token), log);
}

async function explainWhyNot(isBundled: boolean): Promise<void> {
  const text = isBundled
    ? "icdlens needs Python 3.11 or newer, and none was found on your PATH. Install it, or name the interpreter of an environment that has icdlens."
    : "This build of the extension comes without the server. Name the interpreter of an environment that has icdlens.";
  if ((await window.showErrorMessage(text, CHOOSE)) === CHOOSE) {
    await chooseInterpreter();
  }
}

async function chooseInterpreter(): Promise<void> {
  await commands.executeCommand("workbench.action.openSettings", "icdlens.interpreter");
}

async function withProgress(work: (token: CancellationToken) => Promise<void>, log: LogOutputChannel): Promise<boolean> {
  const options = { location: ProgressLocation.Notification, title: "Installing the icdlens server", cancellable: true };
  return await window.withProgress(options, async (_, token) => {
    try {
      await work(token);
      return true;
    } catch (error) {
      if (!token.isCancellationRequested) {
        log.error(`Installing the server failed: ${error instanceof Error ? error.message : ""}`);
        void window.showErrorMessage("The icdlens server could not be installed.", "Show Log").then((chosen) => {
          if (chosen !== undefined) {
            log.show();
          }
        });
      }
      return false;
    }
  });
}

/** Make the environment; what a failed or cancelled installation has made is taken away again. */
async function make(folder: string, python: string, wheel: string, token: CancellationToken): Promise<void> {
  const abort = new AbortController();
  token.onCancellationRequested(() => { abort.abort(); });
  const options = { signal: abort.signal, windowsHide: true, cwd: path.dirname(wheel) };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    await run(python, ["-I", "-m", "venv", folder], options);
    const pip = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--quiet", wheel];
    await run(pythonOf(folder, process.platform), pip, options);
    await writeFile(markerOf(folder, process.platform), "");
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The server of this version, which is packed into the extension. */
function bundledWheel(context: ExtensionContext): string | undefined {
  const folder = context.asAbsolutePath("server");
  try {
    const name = readdirSync(folder).find((file) => file.endsWith(".whl"));
    return name === undefined ? undefined : path.join(folder, name);
  } catch {
    return undefined;
  }
}

async function findPython(context: ExtensionContext): Promise<string | undefined> {
  for (const python of interpretersOnPath(surroundings(context))) {
    try {
      const { stdout } = await run(python, ["--version"]);
      if (isNewEnough(stdout)) {
        return python;
      }
    } catch {
      // A launcher without an interpreter behind it, as Windows has one.
    }
  }
  return undefined;
}

// Where this editor's extension looks for its server.

import { statSync } from "node:fs";
import * as path from "node:path";
import { workspace } from "vscode";
import type { ExtensionContext } from "vscode";
import type { Surroundings } from "./environment.ts";

/** The settings and the machine as they are now. */
export function surroundings(context: ExtensionContext): Surroundings {
  return {
    interpreter: userSetting("interpreter"),
    pathVariable: process.env.PATH ?? "",
    platform: process.platform,
    ownEnvironment: ownEnvironment(context),
    isFile,
  };
}

/** The extension's own environment: one for each version, so that an update never mixes two. */
export function ownEnvironment(context: ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, `server-${versionOf(context)}`);
}

export function versionOf(context: ExtensionContext): string {
  const { version } = context.extension.packageJSON as { readonly version: string };
  return version;
}

/** A setting of the user's own: what a workspace says is never run, trusted or not. */
function userSetting(name: string): string {
  return workspace.getConfiguration("icdlens").inspect<string>(name)?.globalValue ?? "";
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

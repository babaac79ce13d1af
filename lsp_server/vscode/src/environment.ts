// Which command starts the server. Nothing here runs anything, and nothing is taken from the workspace.

import * as path from "node:path";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, in words for the log and the About message. */
  readonly found: string;
}

/** What the search looks at; tests give their own. */
export interface Surroundings {
  readonly interpreter: string;
  readonly pathVariable: string;
  readonly platform: NodeJS.Platform;
  /** The extension's own environment, whether or not it exists yet. */
  readonly ownEnvironment: string;
  readonly isFile: (file: string) => boolean;
}

/** `-P`: a folder named `core` in the current directory must not be imported. */
const MODULE = ["-P", "-m", "icdlens", "lsp"];
/** Written last, so an installation that was cut off is not taken for one. */
const MARKER = "complete";

/** What is wrong with the setting for the interpreter, in a sentence for the user. */
export function interpreterProblem(around: Surroundings): string | undefined {
  const interpreter = around.interpreter.trim();
  if (interpreter === "" || (isAbsolute(interpreter, around.platform) && around.isFile(interpreter))) {
    return undefined;
  }
  return "The setting icdlens.interpreter is not the full path of a Python interpreter.";
}

/** The server's command, or undefined where none is installed. Only absolute paths are ever returned. */
export function findServer(around: Surroundings): Command | undefined {
  const interpreter = around.interpreter.trim();
  if (interpreter !== "") {
    // A relative path would be looked up in the workspace.
    return interpreterProblem(around) === undefined
      ? { command: interpreter, args: MODULE, found: "the setting icdlens.interpreter" }
      : undefined;
  }
  const onPath = findOnPath("icdlens", around);
  if (onPath !== undefined) {
    return { command: onPath, args: ["lsp"], found: "the command icdlens on your PATH" };
  }
  return around.isFile(markerOf(around.ownEnvironment, around.platform))
    ? { command: pythonOf(around.ownEnvironment, around.platform), args: MODULE, found: "the extension's own environment" }
    : undefined;
}

/** The absolute path of a program. Relative folders of PATH are skipped: they may be the workspace's. */
export function findOnPath(program: string, around: Surroundings): string | undefined {
  const name = around.platform === "win32" ? `${program}.exe` : program;
  return around.pathVariable
    .split(around.platform === "win32" ? ";" : ":")
    .filter((folder) => isAbsolute(folder, around.platform))
    .map((folder) => paths(around.platform).join(folder, name))
    .find((file) => around.isFile(file));
}

/** The interpreter of a virtual environment. */
export function pythonOf(environment: string, platform: NodeJS.Platform): string {
  const parts = platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return paths(platform).join(environment, ...parts);
}

/** The file that says that an environment of ours is complete. */
export function markerOf(environment: string, platform: NodeJS.Platform): string {
  return paths(platform).join(environment, MARKER);
}

/** Interpreters that a new environment may be made with, the likeliest first. */
export function interpretersOnPath(around: Surroundings): string[] {
  const names = ["python3.13", "python3.12", "python3.11", "python3", "python"];
  return names.map((name) => findOnPath(name, around)).filter((file) => file !== undefined);
}

/** Whether `python --version`'s answer is one that icdlens runs on. */
export function isNewEnough(version: string): boolean {
  const match = /^Python 3\.(\d+)/.exec(version.trim());
  return match !== null && Number(match[1]) >= 11;
}

function isAbsolute(file: string, platform: NodeJS.Platform): boolean {
  return paths(platform).isAbsolute(file);
}

function paths(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}

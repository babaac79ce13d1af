// A language client that keeps notes to itself: what it logs and shows names no text, no query and no file.

import { LogLevel } from "vscode";
import type { LogOutputChannel } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import type { LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

export class QuietClient extends LanguageClient {
  constructor(server: ServerOptions, options: LanguageClientOptions) {
    super("icdlens", "icdlens", server, { ...options, traceOutputChannel: silentChannel() });
  }

  /** The message alone: the data is a request's error or parameters. Never in a pop-up. */
  override error(message: string): void {
    super.error(firstLine(message), undefined, false);
  }

  override warn(message: string): void {
    super.warn(firstLine(message), undefined, false);
  }

  override info(message: string): void {
    super.info(firstLine(message), undefined, false);
  }

  override debug(): void {
    // Nothing that happens in a session of notes is worth keeping.
  }
}

/** Some messages carry an error's text on further lines. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

/** In the place of the trace of messages, which would hold the notes' text: it is always off. */
function silentChannel(): LogOutputChannel {
  const nothing = (): void => undefined;
  const never = () => ({ dispose: nothing });
  return {
    name: "icdlens (no trace)",
    logLevel: LogLevel.Off,
    onDidChangeLogLevel: never,
    append: nothing,
    appendLine: nothing,
    replace: nothing,
    clear: nothing,
    show: nothing, // eslint-disable-line @typescript-eslint/no-deprecated -- the interface has both forms
    hide: nothing,
    dispose: nothing,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  };
}

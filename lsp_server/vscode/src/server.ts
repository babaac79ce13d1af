// The server as the rest of the extension sees it: started when it is needed, restarted when it crashes.

import { homedir } from "node:os";
import { EventEmitter, window, workspace } from "vscode";
import type { CancellationToken, Disposable, ExtensionContext, LogOutputChannel } from "vscode";
import { CloseAction, ErrorAction, RevealOutputChannelOn } from "vscode-languageclient/node";
import { BackOff } from "./back_off.ts";
import { findServer, interpreterProblem } from "./environment.ts";
import type { Command } from "./environment.ts";
import { notes } from "./languages.ts";
import type { Method, Requests, Status, Unanswered } from "./protocol.ts";
import { QuietClient } from "./quiet_client.ts";
import type { State } from "./status_text.ts";
import { surroundings } from "./surroundings.ts";

const POLL_MS = 1000;
const NOT_RUNNING: Unanswered = { message: "The icdlens server is not running." };

export class Server implements Disposable {
  readonly #context: ExtensionContext;
  readonly #log: LogOutputChannel;
  readonly #backOff = new BackOff();
  readonly #changed = new EventEmitter<void>();
  #client: QuietClient | undefined;
  #state: State = "idle";
  #status: Status | undefined;
  #command: Command | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** The state, the date or the release changed. */
  readonly onDidChange = this.#changed.event;

  constructor(context: ExtensionContext, log: LogOutputChannel) {
    this.#context = context;
    this.#log = log;
  }

  get state(): State {
    return this.#state;
  }

  get status(): Status | undefined {
    return this.#status;
  }

  get command(): Command | undefined {
    return this.#command;
  }

  /** Start the server unless it is running, starting, or known not to start. */
  async ensureStarted(): Promise<void> {
    if (this.#state === "idle") {
      await this.#start();
    }
  }

  /** Start the server anew, with the settings as they are now. */
  async restart(): Promise<void> {
    this.#backOff.reset();
    await this.stop();
    await this.#start();
  }

  /** An answer of the server, or the reason why there is none. */
  async ask<M extends Exclude<Method, "icdlens/status">>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
  ): Promise<Requests[M]["answer"] | Unanswered> {
    await this.ensureStarted();
    return (await this.#request<Requests[M]["answer"]>(method, params, token)) ?? NOT_RUNNING;
  }

  /** Tell the server the settings as they are now. */
  async sendSettings(): Promise<void> {
    await this.#client?.sendNotification("workspace/didChangeConfiguration", { settings: { icdlens: settings() } });
    await this.#refreshStatus();
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
  }

  async #start(): Promise<void> {
    const around = surroundings(this.#context);
    const problem = interpreterProblem(around);
    if (problem !== undefined) {
      this.#fail(problem);
      return;
    }
    this.#command = findServer(around);
    if (this.#command === undefined) {
      this.#enter("missing");
      return;
    }
    this.#enter("starting");
    this.#log.info(`Starting the server, found as ${this.#command.found}`);
    const client = this.#newClient(this.#command);
    this.#client = client;
    try {
      await client.start();
    } catch {
      this.#ended(client, "could not be started");
      return;
    }
    await this.#refreshStatus();
  }

  #newClient({ command, args }: Command): QuietClient {
    // In the workspace's folder a program would find the workspace's files.
    const run = { command, args: [...args], options: { cwd: homedir() } };
    const client: QuietClient = new QuietClient(run, {
      documentSelector: notes(workspace.getConfiguration("icdlens").get("languages")),
      initializationOptions: settings,
      outputChannel: this.#log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.#ended(client, "stopped by itself");
          return { action: CloseAction.DoNotRestart, handled: true, message: "The connection is closed" };
        },
      },
    });
    return client;
  }

  /** The server is gone. Called once or twice for each end. */
  #ended(client: QuietClient, how: string): void {
    if (client !== this.#client) {
      return;
    }
    this.#client = undefined;
    const hadAnswered = this.#status !== undefined;
    const delay = hadAnswered ? this.#backOff.nextDelay() : undefined;
    if (delay === undefined) {
      this.#fail(`The icdlens server ${hadAnswered ? "stopped again and again" : how}.`);
      return;
    }
    this.#log.warn(`The server ${how}; starting it again in ${delay} ms`);
    this.#enter("starting");
    this.#later(delay, () => this.#start());
  }

  #fail(text: string): void {
    this.#status = undefined;
    this.#enter("failed");
    this.#log.error(text);
    void window.showErrorMessage(text, "Restart", "Show Log").then(async (chosen) => {
      if (chosen === "Restart") {
        await this.restart();
      } else if (chosen === "Show Log") {
        this.#log.show();
      }
    });
  }

  async #refreshStatus(): Promise<void> {
    const status = await this.#request<Status>("icdlens/status", {});
    if (status === undefined) {
      return;
    }
    this.#status = status;
    if (status.compiling) {
      this.#later(POLL_MS, () => this.#refreshStatus());
    }
    this.#enter(status.ready ? "ready" : status.compiling ? "compiling" : "failed");
  }

  async #request<R>(method: Method, params: object, token?: CancellationToken): Promise<R | undefined> {
    try {
      // A token that is undefined would be taken for a second parameter.
      return await (token === undefined
        ? this.#client?.sendRequest<R>(method, params)
        : this.#client?.sendRequest<R>(method, params, token));
    } catch {
      // The server ended meanwhile, was asked no more, or is too old to know the request.
      return undefined;
    }
  }

  /** End the server. It is started again when it is needed. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    this.#status = undefined;
    this.#state = "idle";
    try {
      await client?.dispose();
    } catch {
      // It had not started, or was gone already.
    }
  }

  #later(delay: number, act: () => Promise<void>): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void act(), delay);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#changed.fire();
  }
}

/** Our settings as plain data. */
function settings(): unknown {
  return JSON.parse(JSON.stringify(workspace.getConfiguration("icdlens")));
}

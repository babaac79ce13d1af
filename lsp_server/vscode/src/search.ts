// The search box: codes for words, while they are typed.

import { CancellationTokenSource, ThemeIcon, window } from "vscode";
import type { QuickInputButton, QuickPickItem } from "vscode";
import { standingLabel } from "./protocol.ts";
import type { Hit } from "./protocol.ts";
import type { Server } from "./server.ts";

interface Found extends QuickPickItem {
  readonly code?: string;
}

const PAUSE_MS = 120;
const MOST = 30;
const INSERT: QuickInputButton = { iconPath: new ThemeIcon("insert"), tooltip: "Insert code at cursor" };

/** Ask for words and offer codes. `open` shows the chosen one, `insert` puts it into the note. */
export function searchCodes(server: Server, open: (code: string) => void, insert: (code: string) => void): void {
  const box = window.createQuickPick<Found>();
  let waiting: NodeJS.Timeout | undefined;
  let asking = new CancellationTokenSource();
  box.title = `Search ICD-10-CM${server.status === undefined ? "" : ` on ${server.status.as_of}`}`;
  box.placeholder = "Words, an abbreviation or a code: low back pain, T2DM, M54.5";
  box.onDidChangeValue((value) => {
    clearTimeout(waiting);
    asking.cancel();
    asking = new CancellationTokenSource();
    const { token } = asking;
    box.busy = value.trim() !== "";
    const offer = async (): Promise<void> => {
      const items = value.trim() === "" ? [] : await find(server, value);
      if (!token.isCancellationRequested) {
        box.items = items;
        box.busy = false;
      }
    };
    waiting = setTimeout(() => void offer(), PAUSE_MS);
  });
  box.onDidAccept(() => {
    const code = box.selectedItems[0]?.code;
    if (code !== undefined) {
      box.hide();
      open(code);
    }
  });
  box.onDidTriggerItemButton(({ item }) => {
    if (item.code !== undefined) {
      box.hide();
      insert(item.code);
    }
  });
  box.onDidHide(() => {
    clearTimeout(waiting);
    asking.cancel();
    box.dispose();
  });
  box.show();
}

async function find(server: Server, query: string): Promise<Found[]> {
  const answer = await server.ask("icdlens/search", { query, limit: MOST, typing: true });
  if (answer.message !== null) {
    return [{ label: answer.message, alwaysShow: true }];
  }
  return answer.hits.length === 0
    ? [{ label: "Nothing found; try fewer or other words", alwaysShow: true }]
    : answer.hits.map(item);
}

/** The server has chosen and ordered the hits: each is always shown. */
function item(hit: Hit): Found {
  const standing = hit.standing === "billable" ? "" : ` (${standingLabel(hit.standing)})`;
  return {
    label: `$(${hit.standing === "billable" ? "pass" : "list-tree"}) ${hit.code}`,
    description: `${hit.title ?? "(no title in the installed release)"}${standing}`,
    ...(hit.why === `title "${hit.title ?? ""}"` ? {} : { detail: hit.why }),
    alwaysShow: true,
    buttons: [INSERT],
    code: hit.code,
  };
}

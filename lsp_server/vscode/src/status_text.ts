// What the status bar and the About message say.

import type { Status } from "./protocol.ts";

export type State = "idle" | "starting" | "compiling" | "ready" | "failed" | "missing";

export interface StatusTexts {
  readonly text: string;
  readonly tooltip: string;
}

const WITHOUT_SERVER: Readonly<Record<Exclude<State, "ready">, StatusTexts>> = {
  idle: { text: "$(book) ICD-10-CM", tooltip: "icdlens starts with the first note." },
  starting: { text: "$(sync~spin) ICD-10-CM", tooltip: "icdlens is starting." },
  compiling: {
    text: "$(sync~spin) ICD-10-CM: preparing",
    tooltip: "icdlens is compiling the classification. This happens once and takes some seconds.",
  },
  failed: { text: "$(error) ICD-10-CM", tooltip: "icdlens is not running. Click for the menu." },
  missing: { text: "$(cloud-download) ICD-10-CM: install", tooltip: "The icdlens server is not installed. Click for the menu." },
};

/** The status-bar item's texts. `isChosen` says that the date is one of the settings and not today. */
export function statusTexts(state: State, status: Status | undefined, isChosen: boolean): StatusTexts {
  if (state !== "ready") {
    return WITHOUT_SERVER[state];
  }
  if (status?.release === undefined) {
    return { ...WITHOUT_SERVER.failed, tooltip: status?.message ?? WITHOUT_SERVER.failed.tooltip };
  }
  const release = status.release.split(" ")[0] ?? status.release;
  const icon = isChosen ? "$(calendar)" : "$(book)";
  return { text: `${icon} ICD-10-CM ${release} · ${status.as_of}`, tooltip: sentences(status, isChosen).join("\n") };
}

/** The release and the dates, in sentences. */
export function sentences(status: Status, isChosen: boolean): string[] {
  const { release = "", superseded_on: superseded = null, known_through: known = "", as_of: date } = status;
  const lines = [`ICD-10-CM release ${release}.`];
  if (superseded !== null) {
    lines.push(`A later fiscal year is in force since ${superseded}: titles and notes are those of ${release}.`);
  }
  lines.push(`Answers are for ${date}, ${isChosen ? "the date of service that you chose" : "today"}.`);
  lines.push(`Billable periods are known through ${known}.`);
  return lines;
}

// The date of service of the settings: reading it, and asking for another.

import { ConfigurationTarget, window, workspace } from "vscode";
import { dateProblem, isDate } from "./dates.ts";

/** Whether the settings choose a date, and not today. */
export function isDateChosen(): boolean {
  return isDate(workspace.getConfiguration("icdlens").get<string>("dateOfService", ""));
}

/** Ask for the date of service and keep it, with the workspace where there is one. */
export async function changeDate(asOf: string | undefined): Promise<void> {
  const configuration = workspace.getConfiguration("icdlens");
  const written = await window.showInputBox({
    title: "Date of service",
    prompt: "Hovers, completions, the tree, searches and code pages are for this date. Leave it empty for today.",
    placeHolder: asOf ?? "YYYY-MM-DD",
    value: configuration.get<string>("dateOfService", ""),
    validateInput: dateProblem,
  });
  if (written === undefined) {
    return;
  }
  const target = workspace.workspaceFolders === undefined ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
  await configuration.update("dateOfService", written.trim() || undefined, target);
}

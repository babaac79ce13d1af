// Codes in a note: the one at the cursor, and putting one in.

import { env, window } from "vscode";

/** Shaped like a code, with or without its dot; the server decides whether there is such a code. */
const CODE = /[A-Za-z][0-9A-Za-z]{2}(?:\.[0-9A-Za-z]{1,4}|[0-9A-Za-z]{0,4})(?![0-9A-Za-z])/;

/** What is written at the cursor of the active editor, where it is shaped like a code. */
export function codeAtCursor(): string | undefined {
  const editor = window.activeTextEditor;
  const range = editor?.document.getWordRangeAtPosition(editor.selection.active, CODE);
  const text = range === undefined ? undefined : editor?.document.getText(range);
  return text !== undefined && /[0-9]/.test(text) ? text : undefined;
}

/** Put a code in the place of each selection of the note that is visible; without one, copy it. */
export async function insertCode(code: string): Promise<void> {
  const editor = window.activeTextEditor ?? window.visibleTextEditors[0];
  if (editor === undefined) {
    await env.clipboard.writeText(code);
    void window.showInformationMessage(`No note is open. ${code} is on the clipboard.`);
    return;
  }
  await editor.edit((edit) => {
    for (const selection of editor.selections) {
      edit.replace(selection, code);
    }
  });
  await window.showTextDocument(editor.document, editor.viewColumn);
}

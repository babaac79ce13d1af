// Which texts are notes.

/** A part of a document selector. */
export interface Note {
  readonly scheme: string;
  readonly language: string;
}

const ALWAYS = [
  "plaintext",
  "markdown",
  "restructuredtext",
  "html",
  "jinja",
  "jinja-html",
  "jinja-md",
  "django-html",
  "django-txt",
];
/** Files, texts without a file, and files of a virtual workspace; not logs, old revisions or chats. */
const SCHEMES = ["file", "untitled", "vscode-vfs"];

/** The selector for the languages that are always notes and those of the setting, whatever that holds. */
export function notes(setting: unknown): Note[] {
  const added = Array.isArray(setting) ? setting.filter((item) => typeof item === "string" && item.trim() !== "") : [];
  const languages = new Set<string>([...ALWAYS, ...(added as string[]).map((language) => language.trim())]);
  return SCHEMES.flatMap((scheme) => [...languages].map((language) => ({ scheme, language })));
}

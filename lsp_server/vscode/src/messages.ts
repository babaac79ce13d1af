// What the code page and the extension say to each other.

import type { Card, Level, NoCard } from "./protocol.ts";

export type FromPage =
  | { readonly type: "ready" | "back" | "forward" | "copy" | "insert" }
  | { readonly type: "open"; readonly code: string }
  | { readonly type: "date"; readonly on: string }
  | { readonly type: "reveal"; readonly level: Level; readonly name: string };

export type ToPage =
  | { readonly type: "card"; readonly card: Card | NoCard; readonly on: string; readonly back: boolean; readonly forward: boolean }
  | { readonly type: "problem"; readonly text: string }
  | { readonly type: "said"; readonly text: string };

const LEVELS: readonly string[] = ["chapter", "block", "category", "subcategory", "code"];
const MOST_CHARACTERS = 100;

/** A message of the page, or undefined for anything else: the page is the less trusted side. */
export function readMessage(data: unknown): FromPage | undefined {
  if (typeof data !== "object" || data === null) {
    return undefined;
  }
  const { type, code, on, level, name } = data as Record<string, unknown>;
  switch (type) {
    case "ready":
    case "back":
    case "forward":
    case "copy":
    case "insert":
      return { type };
    case "open":
      return isShort(code) ? { type, code } : undefined;
    case "date":
      return isShort(on) ? { type, on } : undefined;
    case "reveal":
      return isShort(name) && typeof level === "string" && LEVELS.includes(level)
        ? { type, level: level as Level, name }
        : undefined;
    default:
      return undefined;
  }
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_CHARACTERS;
}

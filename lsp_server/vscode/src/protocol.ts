// The answers of the server's own requests; docs/editor.md describes them.

export type Level = "chapter" | "block" | "category" | "subcategory" | "code";
export type Standing = "billable" | "heading" | "retired" | "not_yet_valid";

/** Every answer has a message: null, or a sentence in the place of anything else. */
export interface Unanswered {
  readonly message: string;
}

export interface Branch {
  readonly level: Level;
  readonly name: string;
  readonly title: string | null;
  readonly standing: Standing | null;
  readonly codes: number;
  readonly has_children: boolean;
}

export interface Children {
  readonly message: null;
  readonly as_of: string;
  readonly children: readonly Branch[];
}

export interface Run {
  readonly text: string;
  readonly code?: string;
  readonly url?: string;
}

/** A line stands under `depth` others. */
export interface Line {
  readonly depth: number;
  readonly runs: readonly Run[];
}

export interface Section {
  readonly heading: string;
  readonly lines: readonly Line[];
}

export interface Page {
  readonly title: string;
  readonly short_title: string | null;
  readonly status: string;
  readonly cautions: readonly string[];
  readonly sections: readonly Section[];
  readonly footer: readonly string[];
}

export interface PathLevel {
  readonly level: Level;
  readonly name: string;
  readonly title: string;
}

export interface Card {
  readonly message: null;
  readonly found: true;
  readonly code: string;
  readonly title: string | null;
  readonly standing: Standing;
  readonly as_of: string;
  readonly release: string;
  readonly path: readonly PathLevel[];
  readonly page: Page;
}

export interface NoCard {
  readonly message: null;
  readonly found: false;
  readonly code: string;
  readonly error: string;
  readonly suggestions: readonly string[];
}

export interface Hit {
  readonly code: string;
  readonly title: string | null;
  readonly standing: Standing;
  readonly matched: string;
  readonly why: string;
}

export interface Hits {
  readonly message: null;
  readonly hits: readonly Hit[];
}

export interface Status {
  readonly message: string | null;
  readonly ready: boolean;
  readonly compiling: boolean;
  readonly version: string;
  readonly as_of: string;
  readonly release?: string;
  readonly release_effective?: string;
  readonly superseded_on?: string | null;
  readonly known_through?: string;
}

/** The requests by method, with their parameters and what an answer holds. */
export interface Requests {
  "icdlens/children": { params: { level?: Level; name?: string; on?: string }; answer: Children | Unanswered };
  "icdlens/card": { params: { code: string; on?: string }; answer: Card | NoCard | Unanswered };
  "icdlens/search": { params: { query: string; limit?: number; typing?: boolean; on?: string }; answer: Hits | Unanswered };
  "icdlens/status": { params: object; answer: Status };
}

export type Method = keyof Requests;

const LABELS: Readonly<Record<Standing, string>> = {
  billable: "billable",
  heading: "heading, not billable",
  retired: "retired",
  not_yet_valid: "not yet valid",
};

/** What people read for a standing. */
export function standingLabel(standing: Standing | null): string {
  return standing === null ? "never billable" : LABELS[standing];
}

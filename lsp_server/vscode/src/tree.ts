// The tree: chapters, blocks, categories, subcategories and codes.

import { EventEmitter, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, window } from "vscode";
import type { Disposable, TreeDataProvider, TreeView } from "vscode";
import type { Branch, Level, PathLevel, Standing } from "./protocol.ts";
import { standingLabel } from "./protocol.ts";
import type { Server } from "./server.ts";

/** A place in the tree; the same object as long as what it shows is the same. */
export interface Node {
  readonly branch: Branch;
  readonly parent: Node | undefined;
}

export const VIEW = "icdlens.classification";

const ICONS: Readonly<Record<Standing, ThemeIcon>> = {
  billable: new ThemeIcon("pass", new ThemeColor("testing.iconPassed")),
  heading: new ThemeIcon("list-tree"),
  retired: new ThemeIcon("circle-slash", new ThemeColor("disabledForeground")),
  not_yet_valid: new ThemeIcon("clock", new ThemeColor("disabledForeground")),
};

export class ClassificationTree implements TreeDataProvider<Node>, Disposable {
  readonly #server: Server;
  readonly #changed = new EventEmitter<undefined>();
  readonly #children = new Map<string, Promise<Node[]>>();
  readonly #view: TreeView<Node>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
    this.#view = window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** Show the tree anew: the release or the date changed. */
  refresh(): void {
    this.#children.clear();
    const { status } = this.#server;
    this.#view.description = status?.release === undefined ? "" : `${status.release.split(" ")[0] ?? ""} · ${status.as_of}`;
    this.#changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    await this.#server.ensureStarted();
    if (this.#server.state !== "ready") {
      return []; // the view's welcome text says why
    }
    const key = node === undefined ? "" : id(node.branch);
    const known = this.#children.get(key) ?? this.#ask(node);
    this.#children.set(key, known);
    return known;
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  getTreeItem({ branch }: Node): TreeItem {
    const item = new TreeItem(
      label(branch),
      branch.has_children ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
    );
    const isGroup = branch.level === "chapter" || branch.level === "block";
    const about = isGroup ? codesBelow(branch.codes) : standingLabel(branch.standing);
    item.id = id(branch);
    item.description = branch.standing === "billable" ? "" : isGroup ? about : shortStanding(branch);
    item.tooltip = new MarkdownString().appendText(`${label(branch)}\n(${about})`);
    item.accessibilityInformation = { label: `${label(branch)}, ${about}` };
    item.contextValue = isGroup ? "group" : "code";
    item.iconPath = isGroup
      ? new ThemeIcon(branch.level === "chapter" ? "book" : "folder")
      : branch.standing === null ? new ThemeIcon("circle-slash") : ICONS[branch.standing];
    if (!isGroup) {
      item.command = { command: "icdlens.showCode", title: "Show Code Page", arguments: [branch.name] };
    }
    return item;
  }

  /** Open the tree at the last of some levels. Does nothing where the tree does not have them. */
  async reveal(path: readonly PathLevel[]): Promise<void> {
    let node: Node | undefined;
    for (const level of path) {
      const below = await this.getChildren(node);
      node = below.find(({ branch }) => branch.level === level.level && branch.name === level.name);
      if (node === undefined) {
        return;
      }
    }
    if (node !== undefined) {
      await this.#view.reveal(node, { select: true, focus: true, expand: true });
    }
  }

  async #ask(node: Node | undefined): Promise<Node[]> {
    const params: { level?: Level; name?: string } = node === undefined ? {} : { level: node.branch.level, name: node.branch.name };
    const answer = await this.#server.ask("icdlens/children", params);
    this.#view.message = answer.message ?? "";
    return answer.message === null ? answer.children.map((branch) => ({ branch, parent: node })) : [];
  }
}

/** Unique in the tree: a block of one category has the category's name. */
function id(branch: Branch): string {
  return `${branch.level}:${branch.name}`;
}

function label(branch: Branch): string {
  const title = branch.title ?? "(no title in the installed release)";
  return branch.level === "chapter" ? `Chapter ${branch.name}: ${title}` : `${branch.name} ${title}`;
}

function codesBelow(count: number): string {
  return count === 1 ? "1 billable code" : `${count.toLocaleString("en-US")} billable codes`;
}

function shortStanding(branch: Branch): string {
  return branch.standing === "heading" ? "" : standingLabel(branch.standing);
}

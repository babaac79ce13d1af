// What package.json promises, against what the sources do.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string; readonly default: unknown }>> };
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;
const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).map((file) => read(`src/${file}`));

function read(file: string): string {
  return readFileSync(file, "utf8");
}

test("every command is registered", () => {
  const extension = read("src/extension.ts");
  for (const { command } of manifest.contributes.commands) {
    assert.match(extension, new RegExp(`\\b${command.replace("icdlens.", "")}: `), command);
  }
});

test("a workspace cannot choose what is run", () => {
  assert.equal(manifest.contributes.configuration.properties["icdlens.interpreter"]?.scope, "machine");
});

test("a setting of the server that nobody set leaves the workspace's files their say", () => {
  for (const name of ["completion.insert", "completion.inProse", "inlayHints.enabled", "documentLinks.enabled", "maxFileSize"]) {
    assert.equal(manifest.contributes.configuration.properties[`icdlens.${name}`]?.default, null, name);
  }
});

test("the extension's version is the server's", () => {
  const version = /__version__ = "(.*)"/.exec(read("../../icdlens/__init__.py"))?.[1];
  assert.equal(manifest.version, version);
});

test("nothing is fetched, and data never becomes markup", () => {
  for (const source of sources) {
    assert.doesNotMatch(source, /\bfetch\(|XMLHttpRequest|WebSocket|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/);
  }
});

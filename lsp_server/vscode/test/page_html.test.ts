import assert from "node:assert/strict";
import { test } from "node:test";
import { pageHtml } from "../src/page_html.ts";

const html = pageHtml({ nonce: "n0nce", cspSource: "vscode-resource:", script: "vscode-resource:/page.js", style: "vscode-resource:/page.css" });

test("nothing may be loaded but the style sheet and the script with the nonce", () => {
  const policy = /content="([^"]*)"/.exec(html)?.[1];
  assert.equal(
    policy,
    "default-src 'none'; style-src vscode-resource:; script-src 'nonce-n0nce'; base-uri 'none'; form-action 'none'",
  );
});

test("there is one script, and it has the nonce", () => {
  assert.deepEqual(html.match(/<script[^>]*>/g), ['<script nonce="n0nce" src="vscode-resource:/page.js">']);
  assert.doesNotMatch(html, /unsafe|https?:|\sstyle=|\son\w+=/);
});

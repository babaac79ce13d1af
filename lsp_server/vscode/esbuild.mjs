// Bundles the extension, and the script of the code page, which runs in a page of its own.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const common = { bundle: true, minify: true, metafile: true, logLevel: "warning" };

const results = await Promise.all([
  build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.cjs",
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
  }),
  build({
    ...common,
    entryPoints: ["src/page/main.ts"],
    outfile: "dist/page.js",
    platform: "browser",
    format: "iife",
    target: "chrome128",
  }),
]);

// The bundled packages' licences ask to be passed on.
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = new Set(inputs.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(path.join(folder, file))) {
    throw new Error(`${name} has no licence file to pass on`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), "utf8").trim()}\n`;
});
writeFileSync("dist/third-party-licences.txt", notices.join(`\n${"-".repeat(80)}\n\n`));

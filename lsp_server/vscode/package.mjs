// Packs the extension into one file, with its licence and the server's wheel, which `make vsix` has put into server/.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createVSIX } from "@vscode/vsce";

copyFileSync("../../LICENSE", "LICENSE");
// VS Code shows an extension's pictures from https addresses only, and these have none.
const readme = readFileSync("README.md", "utf8").replace(/^ *!\[.*\]\(pictures\/.*\)\n\n/gm, "");
writeFileSync("build/README.md", readme);
await createVSIX({
  packagePath: "build/icdlens.vsix",
  readmePath: "build/README.md",
  dependencies: false, // everything is bundled
  allowMissingRepository: true,
});

// Packs the extension into one file, with its licence and the server's wheel, which `make vsix` has put into server/.
import { copyFileSync } from "node:fs";
import { createVSIX } from "@vscode/vsce";

copyFileSync("../../LICENSE", "LICENSE");
await createVSIX({
  packagePath: "build/icdlens.vsix",
  dependencies: false, // everything is bundled
  allowMissingRepository: true,
  rewriteRelativeLinks: false, // the pictures are in the package
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, interpreterProblem, interpretersOnPath, isNewEnough } from "../src/environment.ts";
import type { Surroundings } from "../src/environment.ts";

function around(files: readonly string[], changes: Partial<Surroundings> = {}): Surroundings {
  return {
    interpreter: "",
    pathVariable: "/usr/local/bin:/usr/bin",
    platform: "linux",
    ownEnvironment: "/storage/server-0.1.0",
    isFile: (file) => files.includes(file),
    ...changes,
  };
}

const MODULE = ["-P", "-m", "icdlens", "lsp"];
const OWN = ["/storage/server-0.1.0/complete", "/storage/server-0.1.0/bin/python"];

test("the setting comes first", () => {
  const files = ["/venv/bin/python", "/usr/bin/icdlens", ...OWN];
  const found = findServer(around(files, { interpreter: " /venv/bin/python " }));
  assert.deepEqual([found?.command, found?.args], ["/venv/bin/python", MODULE]);
});

test("then the command on PATH, by its full path", () => {
  const found = findServer(around(["/usr/bin/icdlens", ...OWN]));
  assert.deepEqual([found?.command, found?.args], ["/usr/bin/icdlens", ["lsp"]]);
});

test("then the environment of the extension, once it is complete", () => {
  const found = findServer(around(OWN));
  assert.deepEqual([found?.command, found?.args], ["/storage/server-0.1.0/bin/python", MODULE]);
  assert.equal(findServer(around(["/storage/server-0.1.0/bin/python"])), undefined);
});

test("on Windows", () => {
  const windows = { platform: "win32", pathVariable: "C:\\bin;D:\\x", ownEnvironment: "C:\\own" } as const;
  assert.equal(findServer(around(["D:\\x\\icdlens.exe"], windows))?.command, "D:\\x\\icdlens.exe");
  assert.equal(findServer(around(["C:\\own\\complete"], windows))?.command, "C:\\own\\Scripts\\python.exe");
});

for (const interpreter of ["python3", "./venv/bin/python", ".venv/bin/python", "../x", "/not/there"]) {
  test(`${interpreter} is no interpreter to run`, () => {
    const here = around([interpreter.startsWith("/") ? "/elsewhere" : interpreter, "/usr/bin/icdlens"], { interpreter });
    assert.equal(findServer(here), undefined);
    assert.match(interpreterProblem(here) ?? "", /full path/);
  });
}

test("folders of PATH that the workspace could fill are skipped", () => {
  const pathVariable = ".:node_modules/.bin::/usr/bin";
  const everywhere = around([], { pathVariable, isFile: (file) => file.endsWith("icdlens") });
  assert.equal(findServer(everywhere)?.command, "/usr/bin/icdlens");
});

test("interpreters for a new environment, the likeliest first", () => {
  const files = ["/usr/bin/python3", "/usr/local/bin/python3.12", "/usr/bin/python3.11"];
  assert.deepEqual(interpretersOnPath(around(files)), [
    "/usr/local/bin/python3.12",
    "/usr/bin/python3.11",
    "/usr/bin/python3",
  ]);
});

const versions: readonly [string, boolean][] = [
  ["Python 3.11.7\n", true],
  ["Python 3.14.0rc1", true],
  ["Python 3.10.9", false],
  ["Python 3.9.1", false],
  ["Python 2.7.18", false],
  ["", false],
];

for (const [version, expected] of versions) {
  test(`${JSON.stringify(version)} is ${expected ? "" : "not "}new enough`, () => {
    assert.equal(isNewEnough(version), expected);
  });
}

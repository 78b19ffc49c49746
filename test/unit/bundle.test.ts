import { beforeAll, describe, expect, test } from "bun:test";
import type { BuildMetafile } from "bun";
import { BUNDLE } from "../../scripts/bundle.ts";

/** The bundle's parts, and the files in them. */
let { inputs, outputs }: BuildMetafile = { inputs: {}, outputs: {} };

beforeAll(async () => {
  const { metafile } = await Bun.build({ ...BUNDLE, target: "bun", metafile: true });
  expect(metafile).toBeDefined();
  ({ inputs, outputs } = metafile ?? { inputs, outputs });
});

/** The modules of the runtime that are loaded with this file, and with all that it imports. */
function runtimeModulesOf(file: string): ReadonlySet<string> {
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === file) ?? [];
  const parts = new Set([entry ?? expect.unreachable(`${file} is no entry point`)]);
  for (const part of parts) {
    for (const { path } of outputs[part]?.imports.filter(isLoadedAtOnce) ?? []) {
      parts.add(path);
    }
  }
  const files = Array.from(parts).flatMap((part) => Object.keys(outputs[part]?.inputs ?? {}));
  const imports = files.flatMap((name) => inputs[name]?.imports.filter(isLoadedAtOnce) ?? []);
  return new Set(imports.filter(({ external }) => external).map(({ path }) => path));
}

function isLoadedAtOnce({ kind }: { readonly kind: string }): boolean {
  return kind !== "dynamic-import";
}

// Each takes a MiB or two of memory (bench/memory/run).
describe("no module of the runtime is loaded", () => {
  test("by the program, until it is asked for something", () => {
    expect(runtimeModulesOf("src/main.ts")).toEqual(new Set());
  });

  test("by the command that searches", () => {
    expect(runtimeModulesOf("src/commands/solve.ts")).toEqual(new Set());
  });

  test("by the thread that searches, but what calls the native library", () => {
    expect(runtimeModulesOf("src/search/worker.ts")).toEqual(new Set(["bun:ffi"]));
  });

  test("unseen by this test", () => {
    expect(runtimeModulesOf("src/commands/server.ts")).toContain("fs");
  });
});

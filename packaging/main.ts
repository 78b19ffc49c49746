/**
 * Makes every package from a release: see scripts/packages.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeNpmPackages } from "./npm/packages.ts";
import { readRelease } from "./release.ts";

const { values } = parseArgs({
  options: {
    release: { type: "string", default: "dist/release" },
    output: { type: "string", default: "dist/packages" },
    libraries: { type: "string", default: "build/native" },
  },
});
const release = readRelease(values.release);
const output = resolve(values.output);
const work = resolve(output, ".work");
mkdirSync(work, { recursive: true });
try {
  await makeNpmPackages({
    release,
    work,
    output: join(output, "npm"),
    libraries: resolve(values.libraries),
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}

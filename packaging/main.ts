/**
 * Makes every package from a release: see scripts/packages.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeManagerFiles } from "./managers/write.ts";
import { makeNpmPackages } from "./npm/packages.ts";
import { readRelease } from "./release.ts";
import { makeDebs } from "./system/deb.ts";
import { makeRpms } from "./system/rpm.ts";
import { emptyFolder } from "./tree.ts";

const { values } = parseArgs({
  options: {
    release: { type: "string", default: "dist/release" },
    output: { type: "string", default: "dist/packages" },
    libraries: { type: "string", default: "build/native" },
  },
});
const release = readRelease(values.release);
const output = emptyFolder(resolve(values.output));
const work = join(output, ".work");
mkdirSync(work);
try {
  makeManagerFiles(release, output);
  makeDebs(release, emptyFolder(join(output, "deb")), work);
  makeRpms(release, emptyFolder(join(output, "rpm")), work);
  await makeNpmPackages({
    release,
    work,
    output: join(output, "npm"),
    libraries: resolve(values.libraries),
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}

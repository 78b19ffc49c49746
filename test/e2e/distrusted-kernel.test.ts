/**
 * Reports about a kernel that fails its self-test, with a native library in which the preferred
 * kernel is wrong (cpp/test/faulty).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, REPOSITORY, run } from "../support/processes.ts";

const library = join(REPOSITORY, "build/native/release/test/libtlslp-faulty.so");
const isBuilt = existsSync(library);
if (!isBuilt) {
  process.stderr.write("skipped: kernels that fail, for the native tests are not built\n");
}

const WARNING =
  "tlslp: warning: the kernel faulty failed its self-test on this machine and is not used\n";

describe.skipIf(!isBuilt)("a kernel that fails its self-test", () => {
  const product = makeFolder();
  afterAll(() => product[Symbol.dispose]());
  beforeAll(async () => {
    cpSync(join(REPOSITORY, "src"), join(product.path, "src"), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(product.path, "node_modules"));
    const manifest = await Bun.file(join(REPOSITORY, "package.json")).json();
    const imports = { "#search-library": "./libtlslp-faulty.so" };
    symlinkSync(library, join(product.path, "libtlslp-faulty.so"));
    await Bun.write(join(product.path, "package.json"), JSON.stringify({ ...manifest, imports }));
  });

  const tlslp = (...args: readonly string[]) =>
    run([process.execPath, join(product.path, "src/main.ts"), ...args]);

  for (const bits of [4, 21]) {
    test(`is named by a search for ${bits} bits, which takes another`, async () => {
      const { code, stdout, stderr } = await tlslp("solve", "token", `${bits}`, "--json");

      expect(stderr).toBe(WARNING);
      expect(JSON.parse(stdout)).toMatchObject({ token: "token", bits, kernel: "portable" });
      expect(code).toBe(0);
    });
  }

  test("is named by a survey, which leaves it out", async () => {
    const { code, stdout, stderr } = await tlslp("bench", "--kernels", "--json");

    expect(stderr).toBe(WARNING);
    expect(JSON.parse(stdout)).toMatchObject({ auto: "portable", kernels: [{ name: "portable" }] });
    expect(code).toBe(0);
  });

  test("is refused if it is asked for by name", async () => {
    const { code, stdout, stderr } = await tlslp("solve", "token", "4", "--kernel", "faulty");

    expect(stderr).toBe(
      "tlslp: error: --kernel: the kernel faulty failed its self-test here; this processor has portable\n",
    );
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("is named to callers of the library", async () => {
    const { solve } = await import(join(product.path, "src/search/solve.ts"));
    const named: string[] = [];

    const solution = await solve("token", 8, {
      onDistrusted: (kernels: readonly string[]) => named.push(...kernels),
    });

    expect(solution).toMatchObject({ kernel: "portable", bits: 8 });
    expect(named).toEqual(["faulty"]);
  });

  test("is named before the search, however long that takes", async () => {
    const { solve } = await import(join(product.path, "src/search/solve.ts"));
    const heard = new Error("heard of it");
    const controller = new AbortController();

    const search = solve("token", 64, {
      threads: 1,
      timeout: 2,
      signal: controller.signal,
      onDistrusted: () => controller.abort(heard),
    });

    await expect(search).rejects.toBe(heard);
  });

  test("ends a survey whose callback throws", async () => {
    const { surveyKernels } = await import(join(product.path, "src/search/survey.ts"));
    const heard = new Error("heard of it");

    const survey = surveyKernels({
      threads: 1,
      onDistrusted: () => {
        throw heard;
      },
    });

    await expect(survey).rejects.toBe(heard);
  });

  test("does not affect another kernel that is asked for", async () => {
    const { code, stderr } = await tlslp("solve", "token", "4", "--kernel", "portable");

    expect([code, stderr]).toEqual([0, ""]);
  });
});

/**
 * The search engine as a library for C and Python: what `cmake --install` leaves, used as the
 * examples in docs/examples do.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeFolder, REPOSITORY, run } from "../support/processes.ts";

setDefaultTimeout(120_000);

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const prefix = join(folder.path, "prefix");
const examples = join(REPOSITORY, "docs/examples");

async function succeed(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run([...command]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout.trim();
}

function expectSolution(suffix: string): void {
  const digest = createHash("sha256").update(`token${suffix}`).digest();
  expect(digest.readUInt32BE(28) % 2 ** 20).toBe(0);
}

beforeAll(async () => {
  const build = join(REPOSITORY, "build/native/release");
  await succeed("cmake", "--install", build, "--prefix", prefix);
});

test("a C program finds the library with pkg-config", async () => {
  const modules = await succeed("find", prefix, "-name", "tlslp-search.pc", "-printf", "%h");
  const query = `PKG_CONFIG_PATH=${modules} pkg-config --cflags --libs tlslp-search`;
  const flags = (await succeed("sh", "-c", query)).split(" ");
  const program = join(folder.path, "solve-pkg-config");
  await succeed("cc", join(examples, "c/solve.c"), ...flags, "-o", program);

  const library = flags.find((flag) => flag.startsWith("-L"))?.slice(2) ?? "";
  expectSolution(await succeed("env", `LD_LIBRARY_PATH=${library}`, program));
});

test("a C program finds the library with CMake", async () => {
  const build = join(folder.path, "build");
  await succeed("cmake", "-S", join(examples, "c"), "-B", build, `-DCMAKE_PREFIX_PATH=${prefix}`);
  await succeed("cmake", "--build", build);

  expectSolution(await succeed(join(build, "solve")));
});

test("a Python program loads the library", async () => {
  const library = await succeed("find", prefix, "-name", "libtlslp-search.so");

  expectSolution(await succeed("python3", join(examples, "solve.py"), library));
});

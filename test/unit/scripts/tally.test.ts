import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, REPOSITORY, run } from "../../support/processes.ts";

/** Adds up a folder of reports. */
async function tally(files: Readonly<Record<string, string>>) {
  using folder = makeFolder();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder.path, name), text);
  }
  const script = join(REPOSITORY, "scripts/tally.ts");
  const { code, stdout } = await run([process.execPath, script, folder.path]);
  return { code, lines: stdout.trim().split("\n") };
}

test("a check that cannot run here counts neither as passed nor as failed", async () => {
  expect(
    await tally({
      "release.exit": "0\n",
      "release.tsv":
        "linux-x64: size\tpassed\nlinux-x64: a start\tskipped\nlinux-x64: sums\tpassed\n",
    }),
  ).toEqual({ code: 0, lines: ["release: 2 passed, 0 failed, 1 skipped", "2 passed, 0 failed"] });
});

test("a suite that ended with an error has failed, whatever its report says", async () => {
  expect(
    await tally({ "release.exit": "1\n", "release.tsv": "linux-x64: size\tpassed\n" }),
  ).toEqual({ code: 1, lines: ["release: 1 passed, 1 failed", "1 passed, 1 failed"] });
});

test("cases of JUnit and verdicts of other reports add up", async () => {
  expect(
    await tally({
      "a.exit": "1\n",
      "a.xml": '<testcase name="x"/><testcase name="y"><failure/></testcase>',
      "b.exit": "0\n",
      "b.tsv": "z\tpassed\n",
    }),
  ).toMatchObject({
    code: 1,
    lines: [expect.any(String), expect.any(String), "2 passed, 1 failed"],
  });
});

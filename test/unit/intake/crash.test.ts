/**
 * Processes that write the same file, and that are killed or race.
 */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { makeFolder } from "../../support/processes.ts";
import { all, open } from "./samples.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const newPath = () => join(mkdtempSync(join(folder.path, "place-")), "intake.db");

const WRITER = [process.execPath, join(import.meta.dir, "writer-process.ts")];

test("every submission that was kept is there after kill -9, once and whole", async () => {
  const ROUNDS = 6;
  const seed = Number(process.env["TLSLP_TEST_SEED"] ?? Date.now() % 1_000_000);
  process.stderr.write(`kill -9: TLSLP_TEST_SEED=${seed}\n`);
  const [delays = []] = fc.sample(fc.array(fc.nat(150), { minLength: ROUNDS, maxLength: ROUNDS }), {
    seed,
    numRuns: 1,
  });
  const path = newPath();
  const said = new Map<string, unknown>();
  for (const [round, delay] of delays.entries()) {
    const child = Bun.spawn([...WRITER, `sqlite:${path}`, "1000000"], {
      stdout: "pipe",
      stderr: "inherit",
    });
    let text = "";
    let isEnding = false;
    for await (const bytes of child.stdout) {
      text += Buffer.from(bytes).toString();
      // On a slow machine all others may be killed before they have written anything.
      const isBegun = round < ROUNDS - 1 || text.split("\n").length > 2;
      if (isBegun && !isEnding) {
        isEnding = true;
        setTimeout(() => child.kill("SIGKILL"), delay);
      }
    }
    // A last line may have been cut by the end of the process.
    for (const line of text.split("\n").slice(0, -1)) {
      if (line !== "ready") {
        const [id, answers] = JSON.parse(line);
        said.set(id, answers);
      }
    }
  }
  const store = await open(`sqlite:${path}`);
  const found = new Map((await all(store)).map(({ id, answers }) => [id, answers]));
  await store.close();
  expect(said.size).toBeGreaterThan(0);
  for (const [id, answers] of said) {
    expect(found.get(id)).toEqual(answers as object);
  }
}, 120_000);

test("two processes that race for passes give no more than there are", async () => {
  const path = newPath();
  const children = [1, 2].map(() =>
    Bun.spawn([...WRITER, `sqlite:${path}`, "40", "25"], { stdout: "pipe", stderr: "inherit" }),
  );
  const outputs = await Promise.all(children.map(({ stdout }) => new Response(stdout).text()));
  const lines = outputs.join("").split("\n");
  expect(lines.filter((line) => line === "refused")).toHaveLength(55);
  const store = await open(`sqlite:${path}`);
  expect(await all(store)).toHaveLength(25);
  await store.close();
});

/**
 * Looks for erased values in all files of the database.
 */
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { makeFolder } from "../../support/processes.ts";
import { all, open, submission } from "./samples.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const newPath = () => join(mkdtempSync(join(folder.path, "place-")), "intake.db");

describe("an erased value", () => {
  function bytesIn(path: string): string {
    return readdirSync(join(path, ".."))
      .map((name) => readFileSync(join(path, "..", name), "latin1"))
      .join("");
  }

  test("is in none of the files, whatever other values are around it", async () => {
    const shape = fc.record({ length: fc.nat(900), isErased: fc.boolean() });
    const shapes = fc.array(shape, { minLength: 150, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(shapes, async (all) => {
        const path = newPath();
        const store = await open(`sqlite:${path}`);
        const sent = all.map(({ length }, index) => {
          const address = `Addr${index}Q${"y".repeat(length)}`;
          return submission(`Name${index}Q`, { FULL_NAME: `Full${index}Q`, ADDR_LINE2: address });
        });
        await Promise.all(sent.map((one) => store.record(one)));
        await Promise.all(sent.map(({ id }) => store.acknowledge(id)));
        const gone = sent.flatMap(({ id }, index) => (all[index]?.isErased ? [id] : []));
        await store.erase(gone.slice(0, 20));
        await Promise.all(Array.from({ length: 40 }, () => store.record(submission("More"))));
        await store.erase(gone.slice(20));
        const bytes = bytesIn(path);
        for (const [index, { isErased }] of all.entries()) {
          for (const value of [`Name${index}Q`, `Full${index}Q`, `Addr${index}Q`]) {
            expect(bytes.includes(value)).toBe(!isErased);
          }
        }
        await store.close();
      }),
      { numRuns: 4 },
    );
  }, 120_000);

  test("is removed while a server reads and writes the same file", async () => {
    const path = newPath();
    const server = await open(`sqlite:${path}`);
    const sent = submission("NameQ", { FULL_NAME: "FullQ" });
    await server.record(sent);
    await server.find(sent.id);
    await server.passesOf("sha256/x");
    // A reader that has not read to the end.
    const reader = server.entries({}, "oldest first");
    await reader.next();
    const command = await open(`sqlite:${path}`, { create: false });
    await command.erase([sent.id]);
    expect(bytesIn(path)).not.toContain("NameQ");
    expect(bytesIn(path)).not.toContain("FullQ");
    await server.record(submission());
    await command.close();
    await server.close();
  });
});

describe("erasing ends when its signal aborts", () => {
  const interrupted = new Error("interrupted");
  const tomorrow = new Date(Date.now() + 86_400_000);

  test("between two transactions", async () => {
    const store = await open(`sqlite:${newPath()}`);
    await Promise.all(Array.from({ length: 250 }, () => store.record(submission())));
    const controller = new AbortController();
    const counts: number[] = [];
    const erasing = store.eraseBefore(tomorrow, {
      signal: controller.signal,
      onProgress(count) {
        counts.push(count);
        controller.abort(interrupted);
      },
    });
    expect(await erasing.catch((thrown) => thrown)).toBe(interrupted);
    expect(counts).toEqual([100]);
    expect((await all(store)).filter(({ isErased }) => isErased)).toHaveLength(100);
    await store.close();
  });

  test("while another program keeps the log of the file from being emptied", async () => {
    const path = newPath();
    const store = await open(`sqlite:${path}`);
    const sent = submission();
    await store.record(sent);
    const reader = new Database(path);
    reader.run("begin");
    reader.query("select * from tlslp_entries").all();
    const controller = new AbortController();
    const erasing = store.erase([sent.id], {
      signal: controller.signal,
      onProgress: () => setTimeout(() => controller.abort(interrupted), 50),
    });
    expect(await erasing.catch((thrown) => thrown)).toBe(interrupted);
    reader.close();
    await store.close();
  });
});

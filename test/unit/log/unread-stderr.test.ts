/**
 * The log of a process whose stderr is not read, or read much later.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeUnreadPipe, makeUnreadSocket, type Unread } from "../../support/pipe.ts";
import { type Program, start } from "../../support/processes.ts";

setDefaultTimeout(120_000);

/** Records of about 140 bytes: more than fit into a pipe, and fewer than fit into the queue. */
const MANY = 5_000;
/** More than fit into the queue. */
const TOO_MANY = 60_000;
/** The size of the queue, in bytes. */
const CAPACITY = 4 * 1024 * 1024;

/** Starts the program, and resolves when it has written its records, although they are not read. */
async function startLogging(stderr: Unread, records: number, wait = 30_000): Promise<Program> {
  const script = join(import.meta.dir, "many-records.ts");
  const program = start(stderr.withStderr([process.execPath, script, `${records}`, `${wait}`]));
  try {
    await program.stdout.next(/^written$/);
    return program;
  } catch (thrown) {
    await program[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** Returns the numbers of the records in a text; NaN for a record that is not whole. */
function numbersIn(text: string): readonly number[] {
  const records = text.matchAll(/^\S+Z info {2}startLogging number=(\d+) padding=(x*|"")$/gm);
  return Array.from(records, ([, number = "", padding = ""]) => {
    const length = padding === '""' ? 0 : padding.length;
    return length === Number(number) % 200 ? Number(number) : Number.NaN;
  });
}

const countTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each([
  ["a pipe", makeUnreadPipe],
  ["a socket", makeUnreadSocket],
] as const)("into %s", (_, make) => {
  test("records wait for a late reader, in order", async () => {
    await using stderr = await make();
    await using program = await startLogging(stderr, MANY);
    const reader = stderr.read();
    await reader.stdout.next(new RegExp(`startLogging number=${MANY} `));
    program.closeInput();
    await reader.stdout.next(/good-bye$/);

    const { text } = reader.stdout;
    expect(numbersIn(text)).toEqual(countTo(MANY));
    expect(text).not.toContain("lost");
    expect((await program.ended()).code).toBe(0);
  });

  test("records that wait at the end of the program are still written to a reader", async () => {
    await using stderr = await make();
    await using program = await startLogging(stderr, MANY);
    const reader = stderr.read();
    await reader.stdout.next(/startLogging number=1 /);
    program.closeInput();
    await reader.stdout.next(/good-bye$/);
    expect(numbersIn(reader.stdout.text)).toEqual(countTo(MANY));
  });

  test("if there are too many records, the first ones wait, and the number of lost ones is logged", async () => {
    await using stderr = await make();
    await using program = await startLogging(stderr, TOO_MANY);
    const reader = stderr.read();
    const [, lost] = await reader.stdout.next(/Z warn {2}log records were lost records=(\d+)$/);
    program.closeInput();
    await reader.stdout.next(/Z info {2}good-bye$/);

    const { text } = reader.stdout;
    const arrived = TOO_MANY - Number(lost);
    expect(numbersIn(text)).toEqual(countTo(arrived));
    expect(text.trimEnd().split("\n")).toHaveLength(arrived + 2);
    expect(text.length).toBeGreaterThan(CAPACITY);
    expect(text.length).toBeLessThan(CAPACITY + 2 ** 20);
  });

  test("a reader that does not read does not hold up the end", async () => {
    await using stderr = await make();
    await using program = await startLogging(stderr, TOO_MANY, 1000);
    program.closeInput();
    expect((await program.ended()).code).toBe(0);
  });

  test("stderr stays blocking for other programs that share it", async () => {
    await using stderr = await make();
    await using program = await startLogging(stderr, MANY);
    const information = readFileSync(`/proc/${program.pid}/fdinfo/2`, "latin1");
    const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(information)?.[1] ?? "", 8);
    expect(flags & 0o4000).toBe(0); // O_NONBLOCK
  });
});

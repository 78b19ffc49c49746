/**
 * The log of a process whose stderr is not read, or read much later.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeUnreadPipe, makeUnreadSocket, type Unread } from "../../support/pipe.ts";
import { type Program, start } from "../../support/processes.ts";

setDefaultTimeout(60_000);

/** Records of about 140 bytes: more than fit a pipe, and fewer than fit the queue. */
const MANY = 5_000;
/** More than fit the queue. */
const TOO_MANY = 60_000;
/** The size of the queue, in bytes. */
const CAPACITY = 4 * 1024 * 1024;

/** Resolves once the program has written its records, although no reader reads. */
async function chatter(stderr: Unread, records: number): Promise<Program> {
  const script = join(import.meta.dir, "chatterer.ts");
  const program = start(stderr.behind([process.execPath, script, `${records}`]));
  try {
    await program.stdout.next(/^written$/);
    return program;
  } catch (thrown) {
    await program[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** The numbers of the records in a text; NaN for one that is not whole. */
function numbersIn(text: string): readonly number[] {
  const records = text.matchAll(/^\S+Z info {2}chatter number=(\d+) padding=(x*|"")$/gm);
  return Array.from(records, ([, number = "", padding = ""]) => {
    const length = padding === '""' ? 0 : padding.length;
    return length === Number(number) % 200 ? Number(number) : Number.NaN;
  });
}

const countTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each([
  ["a pipe", makeUnreadPipe],
  ["a socket", makeUnreadSocket],
] as const)("behind %s", (_, make) => {
  test("records wait for a late reader, in order", async () => {
    await using stderr = await make();
    await using program = await chatter(stderr, MANY);
    const reader = stderr.read();
    await reader.stdout.next(new RegExp(`chatter number=${MANY} `));
    program.closeInput();
    await reader.stdout.next(/good-bye$/);

    const { text } = reader.stdout;
    expect(numbersIn(text)).toEqual(countTo(MANY));
    expect(text).not.toContain("lost");
    expect((await program.ended()).code).toBe(0);
  });

  test("records that wait at the end are still written to a reader", async () => {
    await using stderr = await make();
    await using program = await chatter(stderr, MANY);
    const reader = stderr.read();
    await reader.stdout.next(/chatter number=1 /);
    program.closeInput();
    await reader.stdout.next(/good-bye$/);
    expect(numbersIn(reader.stdout.text)).toEqual(countTo(MANY));
  });

  test("the first records wait when there are too many, and the number of lost ones is logged", async () => {
    await using stderr = await make();
    await using program = await chatter(stderr, TOO_MANY);
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
    await using program = await chatter(stderr, TOO_MANY);
    program.closeInput();
    expect((await program.ended()).code).toBe(0);
  });

  test("it still blocks for other programs that share it", async () => {
    await using stderr = await make();
    await using program = await chatter(stderr, MANY);
    const information = readFileSync(`/proc/${program.pid}/fdinfo/2`, "latin1");
    const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(information)?.[1] ?? "", 8);
    expect(flags & 0o4000).toBe(0); // O_NONBLOCK
  });
});

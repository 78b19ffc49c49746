import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IssuedInvitation } from "../../../src/invitations/issue.ts";
import { readIssued } from "../../../src/invitations/issued.ts";
import { writeInvitations } from "../../../src/invitations/write.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";

let folder: Folder;
let dir: string;
let out: string;
let made = 0;

beforeEach(() => {
  folder = makeFolder();
  dir = join(folder.path, "certs");
  out = join(folder.path, "invitations");
  mkdirSync(dir);
});

afterEach(() => folder[Symbol.dispose]());

function invitation(name: string): IssuedInvitation {
  made += 1;
  return {
    certificate: {
      serial: made.toString(16).padStart(32, "0"),
      name,
      email: null,
      fingerprint: `sha256/${"A".repeat(43)}=`,
      from: "2027-01-31T18:00:00.000Z",
      until: "2027-02-15T18:00:00.000Z",
    },
    content: `${name} ${made}\n`,
  };
}

const write = (
  issued: readonly IssuedInvitation[],
  replace = false,
  signal = new AbortController().signal,
) => writeInvitations(issued, { dir, out, replace, signal });
const journalled = () => readIssued(dir).records.map(({ name }) => name);

describe("invitations", () => {
  test("are written for their owner alone, each into its file, and into the journal", async () => {
    const issued = ["Alice", "Bob", "Alice"].map(invitation);
    const paths = await write(issued);

    expect(paths).toEqual(
      ["alice.tlslp", "bob.tlslp", "alice-2.tlslp"].map((name) => join(out, name)),
    );
    expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual(
      issued.map(({ content }) => content),
    );
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(readdirSync(out)).toHaveLength(3);
    expect(journalled()).toEqual(["Alice", "Bob", "Alice"]);
  });

  test("leave files that are there alone, unless they may replace them", async () => {
    const [first = ""] = await write([invitation("Alice")]);
    const old = readFileSync(first, "utf8");
    expect(await write([invitation("Alice")])).toEqual([join(out, "alice-2.tlslp")]);
    expect(readFileSync(first, "utf8")).toBe(old);

    const next = ["Alice", "Alice"].map(invitation);
    expect(await write(next, true)).toEqual([first, join(out, "alice-2.tlslp")]);
    expect(readFileSync(first, "utf8")).toBe(next[0]?.content ?? "");
    expect(journalled()).toHaveLength(4);
  });

  test("of programs that run at once get names of their own", async () => {
    const paths = await Promise.all(Array.from({ length: 10 }, () => write([invitation("Alice")])));
    expect(new Set(paths.flat()).size).toBe(10);
    expect(readdirSync(out)).toHaveLength(10);
    expect(journalled()).toHaveLength(10);
  });
});

describe("a failure", () => {
  test("is a signal too, while the disk is awaited", async () => {
    const interruption = new Error("interrupted");
    const controller = new AbortController();
    const writing = write([invitation("Alice")], false, controller.signal);
    controller.abort(interruption);
    expect(await writing.catch((thrown: unknown) => thrown)).toBe(interruption);
    expect(existsSync(out)).toBe(false);
    expect(journalled()).toEqual([]);
  });

  test("of the journal leaves no file", async () => {
    dir = join(folder.path, "absent");
    expect(summary(await rejectionOf(write([invitation("Alice")])))).toBe(
      `usage: cannot write ${join(dir, "issued.jsonl")}: its folder does not exist`,
    );
    expect(existsSync(out)).toBe(false);
  });

  test("of the files is in the journal, and no certificate counts", async () => {
    writeFileSync(out, "");
    await write([invitation("Alice"), invitation("Bob")]).catch(() => undefined);
    expect(journalled()).toEqual([]);
    expect(readFileSync(join(dir, "issued.jsonl"), "utf8").match(/"withdrawn"/g)).toHaveLength(2);
  });

  test("of one file leaves none of the others", async () => {
    mkdirSync(join(out, "bob.tlslp"), { recursive: true });
    const thrown = await rejectionOf(write(["Alice", "Bob"].map(invitation), true));
    expect(summary(thrown)).toBe(
      `usage: ${join(out, "bob.tlslp")} is a folder, and is not replaced`,
    );
    expect(readdirSync(out)).toEqual(["bob.tlslp"]);
    expect(journalled()).toEqual([]);
  });
});

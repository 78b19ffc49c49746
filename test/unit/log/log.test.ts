import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openLogFile } from "../../../src/log/file.ts";
import type { LogSettings } from "../../../src/log/settings.ts";
import { faultOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { openFilesBelow, withoutPrivileges } from "../../support/system.ts";
import type { Job, Writing } from "./log-process.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const FILE = join(folder.path, "log");
beforeEach(() => rmSync(FILE, { force: true }));

/** The longest time of a process that should end at once, in milliseconds. */
const EXIT_TIMEOUT = 30_000;

const SETTINGS: LogSettings = {
  level: "debug",
  format: "text",
  file: undefined,
  maxFileSize: 0,
  hasColor: false,
};

interface Outcome {
  readonly exitCode: number;
  readonly stderr: string;
}

/**
 * Logs in a process of its own, because the log writes to the descriptor of stderr, which a test
 * cannot replace in its own process.
 */
function write(
  settings: Partial<LogSettings>,
  writings: readonly Writing[],
  how: Partial<Job> = {},
): Outcome {
  const job: Job = { settings: { ...SETTINGS, ...settings }, writings, ...how };
  const { exitCode, stderr } = Bun.spawnSync(
    [process.execPath, join(import.meta.dir, "log-process.ts"), JSON.stringify(job)],
    { stderr: how.stderr === undefined ? "pipe" : Bun.file(how.stderr), timeout: EXIT_TIMEOUT },
  );
  return { exitCode, stderr: stderr?.toString() ?? "" };
}

const linesOf = (text: string) => text.split("\n").slice(0, -1);
const ALL: readonly Writing[] = [
  ["debug", "one"],
  ["info", "two"],
  ["warn", "three"],
  ["error", "four"],
];

describe("the level", () => {
  for (const [index, level] of (["debug", "info", "warn", "error"] as const).entries()) {
    test(`${level} shows records that are as important or more`, () => {
      const { stderr } = write({ level }, ALL);
      expect(linesOf(stderr).map((line) => line.split(/ +/)[2])).toEqual(
        ALL.slice(index).map(([, message]) => message),
      );
    });
  }

  test("holds for the file too", () => {
    write({ level: "error", file: FILE }, ALL);
    expect(linesOf(readFileSync(FILE, "utf8"))).toHaveLength(1);
  });
});

describe("a record as text", () => {
  test("is a line of time, level, message and values", () => {
    const { stderr } = write({}, [
      ["warn", "session refused", { session: 7, peer: "127.0.0.1:9" }],
    ]);
    expect(stderr).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z warn {2}session refused session=7 peer=127\.0\.0\.1:9\n$/,
    );
  });

  const values = {
    "a space": ["a b", '"a b"'],
    nothing: ["", '""'],
    "an equals sign, which could be another value's": ["x y=z", '"x y=z"'],
    quotes: ['say "x"', String.raw`"say \"x\""`],
    "letters beyond ASCII": ["Zoë", "Zoë"],
    "a number": [0.5, "0.5"],
    "a null": [null, "null"],
  } as const;
  for (const [name, [value, shown]] of Object.entries(values)) {
    test(`shows a value of ${name} apart from its neighbours`, () => {
      expect(write({}, [["info", "m", { value }]]).stderr).toEndWith(` m value=${shown}\n`);
    });
  }

  test("has a coloured level on stderr when that is asked for, but not in the file", () => {
    const { stderr } = write({ hasColor: true, file: FILE }, [["warn", "m"]]);
    expect(stderr).toEndWith("Z \u001b[33mwarn \u001b[39m m\n");
    expect(readFileSync(FILE, "utf8")).toEndWith("Z warn  m\n");
  });

  const hostile = {
    "a line break": "a\n2026-01-01T00:00:00.000Z error   forged",
    "a carriage return": "a\rforged",
    "an escape sequence": "\u001b[2J",
    "an escape sequence among words": "a \u001b[2J b",
    "a C1 control": "\u009b2J",
    "a C1 line break": "a\u0085forged",
    "a line separator": "a\u2028forged",
    "a direction override": "\u202eforged",
    "a NUL": "\u0000",
    "a DEL": "\u007f",
    "a backspace": "\b\b\b",
  };
  for (const [name, value] of Object.entries(hostile)) {
    test(`cannot be forged, nor the terminal be steered, by a value with ${name}`, () => {
      const { stderr } = write({}, [["info", "m", { value }]]);
      expect(linesOf(stderr)).toHaveLength(1);
      expect(stderr.slice(0, -1)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    });
  }
});

describe("a record as JSON", () => {
  test("is an object on a line of its own, with time, level, message and values", () => {
    const { stderr } = write({ format: "json" }, [["info", "two", { session: 7, peer: "x" }]]);
    expect(JSON.parse(stderr)).toMatchObject({
      "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: "INFO",
      message: "two",
      properties: { session: 7, peer: "x" },
    });
  });

  test("holds any value unchanged, and cannot steer a terminal", () => {
    const texts = fc.sample(fc.string({ unit: "binary" }), { numRuns: 200, seed: 7 });
    const wellFormed = ["\n{}\n", "\u001b[2J", "\u2028", "😀", '"', ...texts].map((text) =>
      text.toWellFormed().replaceAll("\u0000", ""),
    );
    const { stderr } = write(
      { format: "json" },
      wellFormed.map((value) => ["info", "m", { value }] as const),
    );
    expect(linesOf(stderr).map((line) => JSON.parse(line).properties.value)).toEqual(wellFormed);
    expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });
});

describe("the log file", () => {
  test("gets the same records as stderr", () => {
    const { stderr } = write({ file: FILE }, ALL);
    expect(readFileSync(FILE, "utf8")).toBe(stderr);
    expect(linesOf(stderr)).toHaveLength(4);
  });

  for (const umask of [0o000, 0o022, 0o077]) {
    test(`is made for its owner alone, under the umask ${umask.toString(8)}`, () => {
      write({ file: FILE }, ALL, { umask });
      expect(statSync(FILE).mode & 0o777).toBe(0o600);
    });
  }

  test("is made even when nothing is logged", () => {
    write({ file: FILE }, []);
    expect(readFileSync(FILE, "utf8")).toBe("");
  });

  test("is appended to, and keeps its mode", () => {
    writeFileSync(FILE, "before\n");
    chmodSync(FILE, 0o640);
    write({ file: FILE }, [["info", "after"]]);
    expect(linesOf(readFileSync(FILE, "utf8"))).toEqual([
      "before",
      expect.stringContaining("after"),
    ]);
    expect(statSync(FILE).mode & 0o777).toBe(0o640);
  });

  test("may be named by a symbolic link", () => {
    const link = join(folder.path, "link");
    symlinkSync(FILE, link);
    write({ file: link }, ALL);
    expect(linesOf(readFileSync(FILE, "utf8"))).toHaveLength(4);
  });

  test("gets everything when stderr is a full disk", () => {
    const { exitCode } = write({ file: FILE }, ALL, { stderr: "/dev/full" });
    expect(exitCode).toBe(0);
    expect(linesOf(readFileSync(FILE, "utf8"))).toHaveLength(4);
  });

  test("gets nothing more once the log is closed", () => {
    const { stderr } = write({ file: FILE }, ALL, { writingsAfterClose: ALL });
    expect(linesOf(stderr)).toHaveLength(4);
    expect(linesOf(readFileSync(FILE, "utf8"))).toHaveLength(4);
  });
});

describe("a log file that cannot be opened is the user's mistake", () => {
  const refusal = (path: string) =>
    summary(faultOf(() => openLogFile(path, { maxSize: 0, onUnrotated: expect.unreachable })));

  test("when it is a folder", () => {
    expect(refusal(folder.path)).toBe(
      `usage: the log file ${folder.path} cannot be opened: it is a folder`,
    );
  });

  test("when its folder does not exist, which is not made", () => {
    const path = join(folder.path, "nowhere", "log");
    expect(refusal(path)).toBe(
      `usage: the log file ${path} cannot be opened: its folder does not exist`,
    );
    expect(existsSync(join(folder.path, "nowhere"))).toBe(false);
  });

  test("when it is a named pipe without a reader, without waiting for one", () => {
    const pipe = join(folder.path, "pipe");
    Bun.spawnSync(["mkfifo", pipe]);
    // In a process of its own, because a process that waits in `open` cannot time itself out.
    expect(write({ file: pipe }, []).stderr).toContain(`${pipe} cannot be opened: ENXIO`);
  });

  test("when it is a device", () => {
    expect(refusal("/dev/full")).toBe("usage: the log file /dev/full is not a regular file");
  });

  test("when permissions forbid it", () => {
    const closed = join(folder.path, "closed");
    mkdirSync(closed, { mode: 0o555 });
    expect(withoutPrivileges(() => refusal(join(closed, "log")))).toEndWith(
      "cannot be opened: permission denied",
    );
  });

  test("and is closed again", () => {
    refusal("/dev/full");
    expect(openFilesBelow("/dev/full")).toEqual([]);
  });
});

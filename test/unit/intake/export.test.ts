import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { entryText } from "../../../src/commands/submissions/show.ts";
import type { Entry, GivenAnswers } from "../../../src/intake/entry.ts";
import { type ExportOptions, exportEntries, exportLine } from "../../../src/intake/export.ts";
import { countEntries } from "../../../src/intake/statistics.ts";
import { LIST_HEADER, listLine, listTable } from "../../../src/intake/table.ts";

function entry(answers: GivenAnswers | null = {}, rest: Partial<Entry> = {}): Entry {
  return {
    id: "01KB8V3Q4Z7SCNTWX5BGMKQH0D",
    at: new Date("2026-11-29T12:00:00.5Z"),
    outcome: "complete",
    step: "DONE",
    reason: null,
    participant: "Ada",
    subject: "CN=Ada",
    fingerprint: "sha256/abc=",
    address: "[::1]:5000",
    bits: 18,
    workSeconds: 0.25,
    isAcknowledged: true,
    isErased: false,
    answers,
    receipt: null,
    ...rest,
  };
}

async function* stream(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

async function exported(entries: readonly Entry[], options: Partial<ExportOptions> = {}) {
  const all: ExportOptions = { format: "csv", requests: ["FULL_NAME", "COUNTRY"], ...options };
  return (await Array.fromAsync(exportEntries(stream(entries), all))).join("");
}

const HEADER =
  "id,completed_at,participant,fingerprint,address,bits,work_seconds,acknowledged,FULL_NAME,COUNTRY\r\n";
const FRONT =
  "01KB8V3Q4Z7SCNTWX5BGMKQH0D,2026-11-29T12:00:00.500Z,Ada,sha256/abc=,[::1]:5000,18,0.25,true,";

/** Reads CSV with Python's own reader. */
async function readByPython(text: string): Promise<string[][]> {
  const script = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
print(json.dumps(list(csv.reader(io.StringIO(text, newline="")))))`;
  const { stdout } = Bun.spawn(["python3", "-c", script], { stdin: Buffer.from(text) });
  return new Response(stdout).json() as Promise<string[][]>;
}

describe("CSV", () => {
  test("has only a header if there are no submissions", async () => {
    expect(await exported([])).toBe(HEADER);
  });

  test("quotes values as RFC 4180 says, and ends lines with CR LF", async () => {
    const text = await exported([entry({ FULL_NAME: 'Ada "A", Countess', COUNTRY: "DE" })]);
    expect(text).toBe(`${HEADER}${FRONT}"Ada ""A"", Countess",DE\r\n`);
  });

  test("leaves absent values empty", async () => {
    const missing = {
      participant: null,
      fingerprint: null,
      address: null,
      bits: null,
      workSeconds: null,
    };
    const text = await exported([entry({ COUNTRY: "DE" }, { ...missing, isAcknowledged: false })]);
    expect(text).toEndWith("Z,,,,,,false,,DE\r\n");
  });

  test("makes no formula of a value, unless it is raw", async () => {
    const values = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"];
    const entries = values.map((value) => entry({ FULL_NAME: value }));
    const names = async (raw: boolean) =>
      (await readByPython(await exported(entries, { raw }))).slice(1).map((row) => row[8]);
    expect(await names(false)).toEqual(values.map((value) => `'${value}`));
    expect(await names(true)).toEqual(values);
  });

  test("begins with a byte-order mark for Excel", async () => {
    expect(await exported([], { bom: true })).toBe(`\ufeff${HEADER}`);
  });

  test("leaves out erased submissions", async () => {
    expect(await exported([entry(null, { isErased: true })])).toBe(HEADER);
  });

  test("is read back by another program as it was sent", async () => {
    const names = fc.sample(fc.string({ unit: "binary" }), 500);
    const entries = names.map((name) => entry({ FULL_NAME: name }));
    const rows = await readByPython(await exported(entries, { raw: true }));
    expect(rows.slice(1).map((row) => row[8])).toEqual(names.map((name) => name.toWellFormed()));
  });
});

describe("JSON", () => {
  const record = {
    id: "01KB8V3Q4Z7SCNTWX5BGMKQH0D",
    completed_at: "2026-11-29T12:00:00.500Z",
    participant: "Ada",
    fingerprint: "sha256/abc=",
    address: "[::1]:5000",
    bits: 18,
    work_seconds: 0.25,
    acknowledged: true,
    FULL_NAME: "=1\u202e",
    COUNTRY: null,
  };

  test("Lines have one object each, as it was sent", async () => {
    const text = await exported([entry({ FULL_NAME: "=1\u202e" }), entry()], { format: "jsonl" });
    expect(text.split("\n")).toHaveLength(3);
    expect(JSON.parse(text.split("\n")[0] ?? "")).toEqual(record);
  });

  test("is a list", async () => {
    expect(JSON.parse(await exported([], { format: "json" }))).toEqual([]);
    const many = Array.from({ length: 401 }, () => entry({ FULL_NAME: "=1\u202e" }));
    expect(JSON.parse(await exported(many, { format: "json" }))).toEqual(many.map(() => record));
  });

  test("of one submission has the requests that it answers", () => {
    const { COUNTRY, ...rest } = record;
    expect(JSON.parse(exportLine(entry({ FULL_NAME: "=1\u202e" })))).toEqual(rest);
  });
});

describe("a list", () => {
  const hostile = entry({ FULL_NAME: "Eve\u202e\u001b[2J\u2028漢字" }, { participant: "a\u009bb" });

  test("is separated by tabs when it is not on a terminal", () => {
    expect(LIST_HEADER).toBe("id\ttime\tparticipant\tFULL_NAME\toutcome\n");
    expect(listLine(hostile)).toBe(
      "01KB8V3Q4Z7SCNTWX5BGMKQH0D\t2026-11-29T12:00:00.500Z\ta\\u{9b}b\tEve\\u{202e}\\u{1b}[2J\\u{2028}漢字\tcomplete\n",
    );
    expect(listLine(entry(null, { participant: null, outcome: "timeout" }))).toEndWith(
      "Z\t\t\ttimeout\n",
    );
  });

  test.each([80, 100, 200])("fits into a terminal of %d columns", (columns) => {
    const long = entry({ FULL_NAME: "漢字".repeat(60) }, { participant: "x".repeat(60) });
    const table = listTable([long, hostile, entry({ FULL_NAME: "Ada" })], columns);
    const lines = table.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(table).not.toMatch(/[\u202e\u001b\u2028\u009b]/);
    for (const line of lines.slice(1)) {
      expect(line).toStartWith("01KB8V3Q4Z7SCNTWX5BGMKQH0D  2026-11-29T12:00:00.500Z");
      expect(line).toEndWith("complete");
    }
  });

  test.each([40, 60])("is cut at %d columns, where its narrowest form is too wide", (columns) => {
    const lines = listTable([entry()], columns).trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join("\n")).not.toMatch(/…\s*…/);
  });
});

test("an entry is shown whole, with one field a line", () => {
  const text = entryText(entry({ FULL_NAME: "Eve\u202e" }, { receipt: "a.b.c" }));
  expect(text).toContain("\nFULL_NAME     Eve\\u{202e}\n");
  expect(text).toContain("\nreceipt       a.b.c\n");
  expect(text).not.toContain("reason");
});

describe("statistics", () => {
  test("count by outcome, step and day, and say how long the puzzle took", async () => {
    const entries = Array.from({ length: 100 }, (_, index) =>
      entry({}, { workSeconds: 100 - index, at: new Date(Date.UTC(2026, 0, 1 + (index % 2))) }),
    );
    const rest = { workSeconds: null, at: new Date(Date.UTC(2026, 0, 1)) };
    entries.push(entry(null, { ...rest, outcome: "timeout", step: "WORK" }));
    entries.push(entry(null, { ...rest, outcome: "incomplete", step: "WORK" }));
    expect(await countEntries(stream(entries))).toEqual({
      total: 102,
      outcomes: { complete: 100, incomplete: 1, invalid: 0, refused: 0, timeout: 1 },
      steps: { WORK: 2 },
      days: {
        "2026-01-01": { complete: 50, incomplete: 1, invalid: 0, refused: 0, timeout: 1 },
        "2026-01-02": { complete: 50, incomplete: 0, invalid: 0, refused: 0, timeout: 0 },
      },
      work_seconds: { median: 50, p95: 95 },
    });
  });

  test("without entries have no times", async () => {
    const { total, work_seconds } = await countEntries(stream([]));
    expect({ total, work_seconds }).toEqual({
      total: 0,
      work_seconds: { median: null, p95: null },
    });
  });
});

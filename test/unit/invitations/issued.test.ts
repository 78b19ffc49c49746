import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  appendIssued,
  type IssuedCertificate,
  type JournalLine,
  readIssued,
} from "../../../src/invitations/issued.ts";
import { faultOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder, REPOSITORY } from "../../support/processes.ts";

let folder: Folder;
let path: string;
const umask = process.umask();

beforeEach(() => {
  folder = makeFolder();
  path = join(folder.path, "issued.jsonl");
});

afterEach(() => {
  process.umask(umask);
  folder[Symbol.dispose]();
});

/** Returns a certificate with this number in its serial number. */
function certificate(number: number, name = "Alice"): IssuedCertificate {
  return {
    serial: number.toString(16).padStart(32, "0"),
    name,
    email: null,
    fingerprint: `sha256/${"A".repeat(43)}=`,
    from: "2027-01-31T18:00:00.000Z",
    until: "2027-02-15T18:00:00.000Z",
  };
}

const append = (...lines: readonly JournalLine[]) => appendIssued(folder.path, lines);
const serials = () => readIssued(folder.path).records.map(({ serial }) => serial);

describe("the journal", () => {
  test("has what was appended, in order, and is its owner's alone", () => {
    process.umask(0);
    const zoë = { ...certificate(2, 'Zoë "\u200f\\'), email: "zoe@example.org" };
    append(certificate(1));
    append(zoë, certificate(3));

    const { records, cutLines } = readIssued(folder.path);
    expect(records).toEqual([
      { ...certificate(1), revoked: null },
      { ...zoë, revoked: null },
      { ...certificate(3), revoked: null },
    ]);
    expect(cutLines).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is empty where there is none, and reading makes none", () => {
    expect(readIssued(folder.path).records).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("tells when a certificate was revoked; the first time counts", () => {
    const { serial } = certificate(1);
    append(certificate(1), certificate(2));
    append({ serial, revoked: "2027-02-01T00:00:00.000Z" });
    append({ serial, revoked: "2027-02-02T00:00:00.000Z" });
    append({ serial: "ff", revoked: "2027-02-02T00:00:00.000Z" });

    expect(readIssued(folder.path).records.map(({ revoked }) => revoked)).toEqual([
      "2027-02-01T00:00:00.000Z",
      null,
    ]);
  });

  test("leaves out a certificate that was withdrawn", () => {
    append(certificate(1), certificate(2));
    append({ serial: certificate(1).serial, withdrawn: "2027-01-31T18:00:00.000Z" });
    expect(serials()).toEqual([certificate(2).serial]);
  });

  test("keeps members that a later version adds, and takes CRLF and empty lines", () => {
    const later = JSON.stringify({ ...certificate(1), group: "red" });
    writeFileSync(path, `\r\n${later}\r\n\r\n`);
    expect(serials()).toEqual([certificate(1).serial]);
  });
});

describe("a line that was cut short", () => {
  test("does not count, and is named, also when others follow it", () => {
    append(certificate(1), certificate(2));
    truncateSync(path, statSync(path).size - 10);
    expect(readIssued(folder.path)).toMatchObject({ cutLines: [2] });
    expect(serials()).toEqual([certificate(1).serial]);

    append(certificate(3));
    append(certificate(4));
    expect(readIssued(folder.path)).toMatchObject({ cutLines: [2] });
    expect(serials()).toEqual([1, 3, 4].map((number) => certificate(number).serial));
  });

  test("counts when only its end of line is missing", () => {
    append(certificate(1));
    truncateSync(path, statSync(path).size - 1);
    append(certificate(2));
    expect(readIssued(folder.path)).toMatchObject({ cutLines: [] });
    expect(serials()).toEqual([1, 2].map((number) => certificate(number).serial));
  });

  test("at any byte loses no other line", () => {
    append(certificate(1, "é"), certificate(2, "é"));
    const whole = readFileSync(path);
    const first = whole.indexOf("\n") + 1;
    for (let size = first; size < whole.length - 1; size += 1) {
      writeFileSync(path, whole.subarray(0, size));
      append(certificate(3));
      expect(serials()).toEqual([1, 3].map((number) => certificate(number).serial));
    }
  });
});

test("programs that append at once lose no line", async () => {
  const script = `
    import { appendIssued } from ${JSON.stringify(join(REPOSITORY, "src/invitations/issued.ts"))};
    const [dir, start] = process.argv.slice(-2);
    const certificate = ${JSON.stringify(certificate(0))};
    for (let batch = 0; batch < 20; batch += 1) {
      appendIssued(dir, Array.from({ length: 50 }, (_, index) => ({
        ...certificate,
        name: "x".repeat(1 + (index % 64)),
        serial: (Number(start) + batch * 50 + index).toString(16).padStart(32, "0"),
      })));
    }`;
  const writers = [0, 1000, 2000].map((start) =>
    Bun.spawn([process.execPath, "-e", script, folder.path, String(start)], {
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  expect(await Promise.all(writers.map(({ exited }) => exited))).toEqual([0, 0, 0]);

  const { records, cutLines } = readIssued(folder.path);
  expect(cutLines).toEqual([]);
  expect(new Set(records.map(({ serial }) => serial)).size).toBe(3000);
});

test("a full disk takes none of several lines", () => {
  append(certificate(1));
  const before = readFileSync(path);
  const program = `
    import { appendIssued } from ${JSON.stringify(join(REPOSITORY, "src/invitations/issued.ts"))};
    appendIssued(${JSON.stringify(folder.path)}, ${JSON.stringify(Array.from({ length: 100 }, (_, i) => certificate(i + 2)))});
  `;
  // Blocks of 1024 bytes: there is room for some of the lines.
  const limited = `trap '' XFSZ; ulimit -f 4; exec "$@"`;
  const { exitCode, stderr } = Bun.spawnSync(
    ["bash", "-c", limited, "bash", process.execPath, "-e", program],
    { env: process.env, stderr: "pipe" },
  );
  expect({ exitCode, stderr: stderr.toString() }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining("EFBIG"),
  });
  expect(readFileSync(path)).toEqual(before);

  append(certificate(2));
  expect(readIssued(folder.path)).toMatchObject({ cutLines: [] });
  expect(serials()).toEqual([1, 2].map((number) => certificate(number).serial));
});

describe("a journal that is none of ours", () => {
  const refusal = () => summary(faultOf(() => readIssued(folder.path)));
  const valid = JSON.stringify(certificate(1));
  const changed = (members: object) => JSON.stringify({ ...certificate(1), ...members });

  const RULE = "name must be printable text of 1 to 64 characters, without spaces around it";

  test.each([
    ["serial number,name", "it is not JSON in UTF-8"],
    ["[]", "it is not a JSON object"],
    ["null", "it is not a JSON object"],
    ["{}", "serial is missing"],
    [changed({ name: undefined }), "name is missing"],
    [changed({ name: "" }), RULE],
    [changed({ name: "a\u001b[2J" }), RULE],
    [changed({ name: "x".repeat(65) }), RULE],
    [changed({ name: 7 }), "name must be a text"],
    [changed({ email: undefined }), "email is missing"],
    [changed({ serial: "../../etc" }), "serial must be 1 to 20 bytes in hexadecimal, lower case"],
    [
      changed({ fingerprint: "sha256/x" }),
      "fingerprint must be sha256/ and the Base64 of 32 bytes",
    ],
    [changed({ until: "soon" }), "until must be a time such as 2027-01-31T18:00:00.000Z"],
    ['{"serial":"00","revoked":true}', "revoked must be a text"],
    ['{"serial":"00","withdrawn":true}', "withdrawn must be a text"],
    ['{"cut":1}', "cut"],
  ])("%s", (line, problem) => {
    writeFileSync(path, `${valid}\n${line}\n${valid}\n`);
    expect(refusal()).toStartWith(
      `usage: the journal of certificates ${path} is wrong at line 2: ${problem}`,
    );
  });

  test("a folder, text in another encoding, and a file that is too large", () => {
    writeFileSync(path, Buffer.of(0xff, 0x0a));
    expect(refusal()).toEndWith("is wrong at line 1: it is not JSON in UTF-8");
    truncateSync(path, 64 * 1024 * 1024 + 1);
    expect(refusal()).toBe(
      `usage: the journal of certificates ${path} is larger than 67108864 bytes`,
    );
    folder[Symbol.dispose]();
    folder = makeFolder();
    path = join(folder.path, "issued.jsonl");
    mkdirSync(path);
    expect(refusal()).toBe(`usage: the journal of certificates ${path} is not a regular file`);
    expect(summary(faultOf(() => append(certificate(1))))).toBe(
      `usage: cannot write ${path}: it is a folder`,
    );
  });
});

test("a folder that is not there is named", () => {
  const dir = join(folder.path, "absent");
  expect(summary(faultOf(() => appendIssued(dir, [certificate(1)])))).toBe(
    `usage: cannot write ${join(dir, "issued.jsonl")}: its folder does not exist`,
  );
});

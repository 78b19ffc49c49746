/**
 * `tlslp submissions`, on stores that hold everything that people send.
 */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/intake/store/store.ts";
import { eventually } from "../support/intake.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import {
  type Folder,
  makeFolder,
  run,
  runTlslp,
  start,
  startTlslp,
  tlslp,
  waitFor,
} from "../support/processes.ts";
import { startInTerminal } from "../support/terminal.ts";
import { ANSWERS, attempt, open, participant, submission } from "../unit/intake/samples.ts";

setDefaultTimeout(120_000);

/** Names as hostile as a client can send them; there is no newline in a line. */
const HOSTILE = [
  "=cmd|' /C calc'!A0",
  "+1",
  "-1",
  "@SUM(A1)",
  "'already quoted",
  "Eve\u202egnp.exe",
  "\u001b[2J\u001b]0;title\u0007",
  'say "hi", then; go',
  "漢字 عربى \u{1f600}",
  "é".repeat(495),
  "\u2028line\u2029",
];

const START = Date.UTC(2027, 0, 31, 12);
const at = (minutes: number) => new Date(START + minutes * 60_000);

let folder: Folder;
let postgres: Postgres;
const stores: Record<string, string> = {};
let ids: readonly string[] = [];
let attemptId: string;

beforeAll(async () => {
  folder = makeFolder();
  postgres = await startPostgres();
  stores["SQLite"] = `sqlite:${join(folder.path, "intake.db")}`;
  stores["PostgreSQL"] = await postgres.createPlace();
  const sent = HOSTILE.map((name, index) =>
    submission(index === 0 ? "Ada" : `Eve ${index}\u202e`, { FULL_NAME: name }, at(index)),
  );
  const failed = attempt("Bob", "timeout", at(HOSTILE.length));
  ids = sent.map(({ id }) => id);
  attemptId = failed.id;
  for (const url of Object.values(stores)) {
    await using store = disposable(await open(url));
    for (const [index, one] of sent.entries()) {
      await store.record(index === 0 ? { ...one, receipt: "a.b.c" } : one);
    }
    await store.acknowledge(ids[0] ?? "");
    await store.recordAttempt(failed);
  }
}, 120_000);

afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function disposable(store: Store): Store & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

/** Runs a command on a store, which must succeed; its stdout. */
async function submissions(url: string | undefined, ...args: readonly string[]): Promise<string> {
  const ended = await runTlslp(["submissions", ...args], { env: { TLSLP_STORE: url } });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout;
}

async function refusal(...args: readonly string[]) {
  const { code, stdout, stderr } = await runTlslp(["submissions", ...args]);
  expect(stdout).toBe("");
  return { code, error: stderr.split("\n")[0], hint: stderr.split("\n")[1] };
}

async function readByPython(text: string): Promise<string[][]> {
  const script = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), strict=True))))`;
  const { stdout } = Bun.spawn(["python3", "-c", script], { stdin: Buffer.from(text) });
  return new Response(stdout).json() as Promise<string[][]>;
}

/** A store of its own with a number of submissions, from long ago on; its path. */
async function makeStore(name: string, count: number, answers: object = {}): Promise<string> {
  const path = join(folder.path, `${name}.db`);
  await using store = disposable(await open(`sqlite:${path}`));
  const all = Array.from({ length: count }, (_, index) =>
    submission(`Ada ${index}`, answers, at(index)),
  );
  await Promise.all(all.map((one) => store.record(one)));
  return path;
}

describe.each(["SQLite", "PostgreSQL"])("on %s", (kind) => {
  const url = () => stores[kind];

  describe("list", () => {
    const rowsOf = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"));

    test("has a header and a line each, the newest first, with everything escaped", async () => {
      const text = await submissions(url(), "list");
      const [header, ...rows] = rowsOf(text);
      expect(header).toEqual(["id", "time", "participant", "FULL_NAME", "outcome"]);
      expect(rows.map(([id]) => id)).toEqual(ids.toReversed());
      expect(rows.at(-1)).toEqual([
        ids[0] ?? "",
        at(0).toISOString(),
        "Ada",
        HOSTILE[0] ?? "",
        "complete",
      ]);
      expect(rows.at(-6)?.slice(2, 4)).toEqual(["Eve 5\\u{202e}", "Eve\\u{202e}gnp.exe"]);
      expect(text.replaceAll("\n", "").replaceAll("\t", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    });

    test("has as many as asked for, of the outcome asked for", async () => {
      const idsOf = async (...args: readonly string[]) =>
        rowsOf(await submissions(url(), "list", ...args))
          .slice(1)
          .map(([id]) => id);
      expect(await idsOf("--limit", "2")).toEqual(ids.toReversed().slice(0, 2));
      expect(await idsOf("--outcome", "timeout")).toEqual([attemptId]);
      expect(await idsOf("--outcome", "any", "--limit", "1")).toEqual([attemptId]);
      expect(await idsOf("--outcome", "refused")).toEqual([]);
      expect(await idsOf("--participant", "aDA")).toEqual([ids[0]]);
      expect(await idsOf("--participant", participant("Ada").fingerprint)).toEqual([ids[0]]);
      expect(await idsOf("--since", at(9).toISOString())).toEqual([ids[10], ids[9]]);
      expect(await idsOf("--until", "2027-01-31T13:01:00+01:00")).toEqual([ids[0]]);
    });

    test("is of objects with --json", async () => {
      const lines = (await submissions(url(), "list", "--json")).trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line).answers.FULL_NAME)).toEqual(HOSTILE.toReversed());
    });
  });

  describe("show", () => {
    test("has a field a line", async () => {
      const text = await submissions(url(), "show", (ids[0] ?? "").toLowerCase());
      expect(text).toStartWith(`id            ${ids[0]}\ntime          2027-01-31T12:00:00.000Z\n`);
      expect(text).toContain(`\nFULL_NAME     ${HOSTILE[0]}\n`);
      expect(text).toContain("\nacknowledged  true\n");
      expect(await submissions(url(), "show", ids[6] ?? "")).toContain(
        "\nFULL_NAME     \\u{1b}[2J\\u{1b}]0;title\\u{7}\n",
      );
    });

    test("shows an attempt too", async () => {
      const text = await submissions(url(), "show", attemptId);
      expect(text).toContain(
        "\noutcome       timeout\nstep          EMAIL1\nreason        too late\n",
      );
    });

    test("is an object with --json", async () => {
      const object = JSON.parse(await submissions(url(), "show", "--json", ids[5] ?? ""));
      expect(object).toMatchObject({
        id: ids[5],
        time: at(5).toISOString(),
        outcome: "complete",
        subject: "CN=Eve 5\u202e",
        acknowledged: false,
        answers: { ...ANSWERS, FULL_NAME: HOSTILE[5] },
      });
    });
  });

  describe("export", () => {
    test("is CSV that Python reads back", async () => {
      const [header, ...rows] = await readByPython(await submissions(url(), "export", "--raw"));
      expect(header).toEqual([
        "id",
        "completed_at",
        "participant",
        "fingerprint",
        "address",
        "bits",
        "work_seconds",
        "acknowledged",
        ...Object.keys(ANSWERS),
      ]);
      expect(rows.map((row) => row[0])).toEqual([...ids]);
      expect(rows.map((row) => row[8])).toEqual(HOSTILE);
      expect(rows[0]).toEqual([
        ids[0] ?? "",
        at(0).toISOString(),
        "Ada",
        participant("Ada").fingerprint,
        "127.0.0.1:5000",
        "18",
        "0.25",
        "true",
        ...Object.values({ ...ANSWERS, FULL_NAME: HOSTILE[0] ?? "" }),
      ]);
    });

    test("holds no formulas, and ends its lines as RFC 4180 says", async () => {
      const text = await submissions(url(), "export");
      const rows = await readByPython(text);
      expect(rows.slice(1, 6).map((row) => row[8])).toEqual([
        ...HOSTILE.slice(0, 4).map((value) => `'${value}`),
        HOSTILE[4] ?? "",
      ]);
      expect(text.split("\r\n")).toHaveLength(HOSTILE.length + 2);
      expect(text).toStartWith("id,");
      using place = makeFolder();
      const path = join(place.path, "excel.csv");
      await submissions(url(), "export", "--bom", "--output", path);
      expect(readFileSync(path, "utf8")).toBe(`\ufeff${text}`);
    });

    test("is JSON with every value as it was sent", async () => {
      const array = JSON.parse(await submissions(url(), "export", "--format", "json"));
      expect(array.map((one: { FULL_NAME: string }) => one.FULL_NAME)).toEqual(HOSTILE);
      const lines = (await submissions(url(), "export", "--format", "jsonl")).trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual(array);
    });

    test("goes to a file for its owner alone", async () => {
      using place = makeFolder();
      const path = join(place.path, "out.csv");
      expect(await submissions(url(), "export", "--output", path)).toBe("");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, "utf8")).toBe(await submissions(url(), "export"));
      expect(readdirSync(place.path)).toEqual(["out.csv"]);
    });
  });

  test("stats count sessions", async () => {
    const object = JSON.parse(await submissions(url(), "stats", "--json"));
    const complete = HOSTILE.length;
    const outcomes = { complete, incomplete: 0, invalid: 0, refused: 0, timeout: 1 };
    expect(object).toEqual({
      total: complete + 1,
      outcomes,
      steps: { EMAIL1: 1 },
      days: { "2027-01-31": outcomes },
      work_seconds: { median: 0.25, p95: 0.25 },
    });
    const text = await submissions(url(), "stats", "--outcome", "timeout");
    expect(text).toMatch(/^timeout +1$/m);
    expect(text).toMatch(/^complete +0$/m);
  });

  test("receipt prints the receipt of a submission that has one", async () => {
    expect(await submissions(url(), "receipt", ids[0] ?? "")).toBe("a.b.c\n");
    const { code, error, hint } = await refusal("receipt", "--store", url() ?? "", ids[1] ?? "");
    expect(code).toBe(2);
    expect(error).toBe(`tlslp: error: the submission ${ids[1]} has no receipt`);
    expect(hint).toContain("--receipts");
  });

  test("ids must be whole, and be there", async () => {
    for (const id of [(ids[0] ?? "").slice(0, -1), "1", "%", `${ids[0]}0`]) {
      const { code, error } = await refusal("show", "--store", url() ?? "", id);
      expect(code).toBe(2);
      expect(error).toContain("<id>: ");
    }
    const unknown = "0".repeat(26);
    for (const command of ["show", "receipt", "delete"]) {
      const { code, error } = await refusal(command, "--store", url() ?? "", unknown);
      expect({ code, error }).toEqual({
        code: 2,
        error: `tlslp: error: there is no submission ${unknown}`,
      });
    }
  });
});

describe("delete", () => {
  test("removes personal data for good, and keeps that there was one", async () => {
    const secret = "the secret address of Ada";
    const path = await makeStore("delete", 3, { ADDR_LINE1: secret });
    const url = `sqlite:${path}`;
    const all = JSON.parse(await submissions(url, "export", "--format", "json"));
    const [first, second, third] = all.map(({ id }: { id: string }) => id);
    const unknown = "7".repeat(26);

    const ended = await runTlslp(["submissions", "delete", "--store", url, first, unknown, second]);

    expect(ended).toMatchObject({ code: 2, stdout: `${first}\n${second}\n` });
    expect(ended.stderr).toStartWith(`tlslp: error: there is no submission ${unknown}\n`);
    const left = await submissions(url, "export", "--format", "jsonl");
    expect(left.trimEnd().split("\n")).toHaveLength(1);
    const shown = JSON.parse(await submissions(url, "show", "--json", first));
    expect(shown).toMatchObject({ erased: true, participant: null, answers: null, address: null });
    expect((await submissions(url, "list")).trimEnd().split("\n")).toHaveLength(4);
    await submissions(url, "delete", third, third.toLowerCase());
    for (const name of readdirSync(folder.path).filter((file) => file.startsWith("delete.db"))) {
      expect(readFileSync(join(folder.path, name), "latin1")).not.toContain(secret);
    }
    // A second time is no mistake.
    expect(await submissions(url, "delete", third)).toBe(`${third}\n`);
  });
});

describe("purge", () => {
  const counts = async (url: string) =>
    (await submissions(url, "export", "--format", "jsonl")).split("\n").length - 1;

  async function makeOldAndNew(name: string): Promise<string> {
    const url = `sqlite:${join(folder.path, `${name}.db`)}`;
    await using store = disposable(await open(url));
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    await store.record(submission("Ada", {}, days(181)));
    await store.record(submission("Bob", {}, days(179)));
    return url;
  }

  test("wants --yes where there is no terminal", async () => {
    const url = await makeOldAndNew("purge");
    const { code, error } = await refusal("purge", "--older-than", "180d", "--store", url);
    expect(code).toBe(2);
    expect(error).toContain("--yes");
    expect(await counts(url)).toBe(2);
    expect(await submissions(url, "purge", "--older-than", "180d", "--yes")).toBe("1 removed\n");
    expect(await counts(url)).toBe(1);
  });

  test("asks on a terminal", async () => {
    const url = await makeOldAndNew("asked");
    const args = ["submissions", "purge", "--older-than", "180d", "--store", url];
    await using refused = startInTerminal(args);
    await refused.find(/for good\? \[y\/N\] /);
    refused.type("no\n");
    expect(await refused.ended()).toBe(0);
    expect(refused.text).toContain("nothing was removed");
    await using interrupted = startInTerminal(args);
    await interrupted.find(/\[y\/N\] /);
    interrupted.type("\u0003");
    expect(await interrupted.ended()).toBe(130);
    await using ended = startInTerminal(args);
    await ended.find(/\[y\/N\] /);
    ended.type("\u0004");
    expect(await ended.ended()).toBe(0);
    expect(await counts(url)).toBe(2);
    await using agreed = startInTerminal(args);
    await agreed.find(/\[y\/N\] /);
    agreed.type("y\n");
    await agreed.find(/1 removed/);
    expect(await agreed.ended()).toBe(0);
    expect(await counts(url)).toBe(1);
  });

  test("wants an age", async () => {
    expect(await refusal("purge", "--yes")).toMatchObject({
      code: 2,
      error: "tlslp: error: --older-than DAYSd is missing",
    });
    for (const age of ["180", "0d", "1h", "-1d", "d"]) {
      expect(await refusal("purge", "--yes", `--older-than=${age}`)).toMatchObject({ code: 2 });
    }
  });
});

test.each([
  ["delete", (id: string) => [id]],
  ["purge", () => ["--older-than", "1d", "--yes"]],
] as const)(
  "%s ends at a signal, also while another program reads the store",
  async (name, argsFor) => {
    const path = join(folder.path, `interrupted-${name}.db`);
    const url = `sqlite:${path}`;
    const sent = submission("Ada", {}, new Date(Date.now() - 2 * 86_400_000));
    {
      await using store = disposable(await open(url));
      await store.record(sent);
    }
    const reader = new Database(path);
    reader.run("begin");
    reader.query("select * from tlslp_entries").all();
    await using program = startTlslp(["submissions", name, ...argsFor(sent.id), "--store", url]);
    const other = new Database(path);
    const isErased = () =>
      other.query("select 1 from tlslp_entries where erased = 1").get() !== null;
    await eventually(isErased);
    program.kill("SIGTERM");
    const begin = performance.now();
    expect(await program.ended()).toMatchObject({
      code: 143,
      stdout: "",
      stderr: expect.stringMatching(/^tlslp: interrupted: 1 removed; /),
    });
    expect(performance.now() - begin).toBeLessThan(5000);
    reader.close();
    other.close();
  },
);

describe("a list on a terminal", () => {
  for (const columns of [60, 100]) {
    test(`is a table that fits into ${columns} columns`, async () => {
      const args = ["submissions", "list", "--store", stores["SQLite"] ?? ""];
      await using list = startInTerminal(args, { columns });
      expect(await list.ended()).toBe(0);
      const lines = list.text.trimEnd().split("\r\n");
      expect(lines).toHaveLength(HOSTILE.length + 1);
      expect(lines[0]).toMatch(/^id +time/);
      for (const line of lines) {
        expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }
    });
  }

  test("has 50 at most, unless more are asked for", async () => {
    const args = ["submissions", "list", "--store", `sqlite:${await makeStore("many", 60)}`];
    await using list = startInTerminal(args, { columns: 120 });
    await list.ended();
    expect(list.text.trimEnd().split("\r\n")).toHaveLength(51);
    await using longer = startInTerminal([...args, "--limit", "55"], { columns: 120 });
    await longer.ended();
    expect(longer.text.trimEnd().split("\r\n")).toHaveLength(56);
  });
});

describe("a store", () => {
  test("that is empty has a header alone off a terminal", async () => {
    const url = `sqlite:${await makeStore("empty", 0)}`;
    expect(await submissions(url, "list")).toBe("id\ttime\tparticipant\tFULL_NAME\toutcome\n");
    expect(await submissions(url, "list", "--json")).toBe("");
    expect(await submissions(url, "export")).toMatch(/^id,completed_at,[^\n]*,ADDR_LINE2\r\n$/);
    expect(await submissions(url, "export", "--format", "jsonl")).toBe("");
    expect(JSON.parse(await submissions(url, "export", "--format", "json"))).toEqual([]);
    expect(JSON.parse(await submissions(url, "stats", "--json"))).toMatchObject({ total: 0 });
  });

  test("that is empty has a sentence on a terminal", async () => {
    const url = `sqlite:${await makeStore("void", 0)}`;
    for (const command of ["list", "export", "stats"]) {
      const args = ["submissions", command, "--store", url];
      await using shown = startInTerminal(args, { script: '"$@" 2>err; echo $?; cat err' });
      await shown.ended();
      expect(shown.text).toMatch(/^0\r\nthere is no such \w+ in sqlite:\S+void\.db\r\n$/);
    }
  });

  test("that is not there is a mistake", async () => {
    const path = join(folder.path, "missing.db");
    for (const args of [["list"], ["export"], ["stats"], ["show", "0".repeat(26)]]) {
      const { code, error, hint } = await refusal(...args, "--store", `sqlite:${path}`);
      expect(code).toBe(2);
      expect(error).toBe(`tlslp: error: there is no store at sqlite:${path}`);
      expect(hint).toStartWith("tlslp: hint: ");
    }
    const { code, error } = await refusal("list");
    expect(code).toBe(2);
    expect(error).toMatch(/there is no store at sqlite:.*\/\.local\/state\/tlslp\/intake\.db$/);
    expect(await refusal("list", "--store", "none")).toMatchObject({ code: 2 });
    expect(await refusal("list", "--store", "mysql://x")).toMatchObject({ code: 2 });
    expect(readdirSync(folder.path)).not.toContain("missing.db");
  });

  test("that belongs to another program is left alone", async () => {
    const path = join(folder.path, "letter.txt");
    writeFileSync(path, "Dear Ada");
    const { code, error } = await refusal("list", "--store", `sqlite:${path}`);
    expect(code).toBe(2);
    expect(error).toContain("is not a store of answers");
    expect(readFileSync(path, "utf8")).toBe("Dear Ada");
  });

  test("without tables on PostgreSQL is missing, and one that is away is unreachable", async () => {
    const empty = await postgres.createPlace();
    expect(await refusal("list", "--store", empty)).toMatchObject({ code: 2 });
    const away = "postgres://ada:secret@127.0.0.1:1/intake";
    const { code, error } = await refusal("list", "--store", away);
    expect(code).toBe(3);
    expect(error).not.toContain("secret");
  });

  test("that does not answer holds no signal up", async () => {
    let connected = Promise.withResolvers<void>();
    using silent = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: () => connected.resolve(), data: () => undefined },
    });
    const store = `postgres://ada@127.0.0.1:${silent.port}/intake`;
    for (const command of ["list", "delete"]) {
      const ids = command === "delete" ? ["0".repeat(26)] : [];
      connected = Promise.withResolvers();
      await using program = startTlslp(["submissions", command, ...ids, "--store", store]);
      await waitFor(connected.promise, () => "a connection to the store");
      program.kill("SIGTERM");
      const begin = performance.now();
      expect(await program.ended()).toMatchObject({ code: 143, stdout: "", stderr: "" });
      expect(performance.now() - begin).toBeLessThan(20_000);
    }
  });

  test("is the default of the user without --store", async () => {
    using home = makeFolder();
    const path = join(home.path, "tlslp/intake.db");
    await Bun.write(path, "");
    await (await open(`sqlite:${path}`)).close();
    const env = { XDG_STATE_HOME: home.path };
    expect(await runTlslp(["submissions", "list"], { env })).toMatchObject({ code: 0 });
  });

  test("is read while another process writes", async () => {
    const url = `sqlite:${join(folder.path, "busy.db")}`;
    const writerPath = join(import.meta.dir, "../unit/intake/writer-process.ts");
    await using writer = start([process.execPath, writerPath, url, "2000"]);
    await writer.stdout.next(/^ready$/);
    let before = 0;
    let isRunning = true;
    const end = writer.ended().then((ended) => {
      isRunning = false;
      return ended;
    });
    while (isRunning) {
      const [list, json] = await Promise.all([
        submissions(url, "list"),
        submissions(url, "export", "--format", "json"),
      ]);
      const count = list.split("\n").length - 2;
      expect(count).toBeGreaterThanOrEqual(before);
      expect(JSON.parse(json).length).toBeGreaterThanOrEqual(before);
      before = count;
    }
    expect(await end).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(await submissions(url, "export", "--format", "json"))).toHaveLength(2000);
  });
});

/** Prints the most memory of a program, in KiB. One started from here would begin with ours. */
const MEASURE = `
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)`;

describe("an export", () => {
  test("is no file at all where it fails", async () => {
    using place = makeFolder();
    const missing = join(place.path, "no/out.csv");
    const store = ["--store", stores["SQLite"] ?? ""];
    const { code, error } = await refusal("export", ...store, "--output", missing);
    expect({ code, error }).toEqual({
      code: 2,
      error: `tlslp: error: cannot write ${missing}: its folder does not exist`,
    });
    // SQLite would write its shared index too.
    const remote = ["--store", stores["PostgreSQL"] ?? ""];
    const full = `trap '' XFSZ; ulimit -f 0; "$@"`;
    const path = join(place.path, "out.csv");
    const args = ["submissions", "export", ...remote, "--output", path];
    const ended = await run(["bash", "-c", full, "bash", tlslp(), ...args]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toStartWith(
      `tlslp: error: cannot write ${path}: the file would be larger than the limit\n`,
    );
    expect(readdirSync(place.path)).toEqual([]);
  });

  test("has CSV's flags for CSV only", async () => {
    for (const flag of ["--bom", "--raw"]) {
      expect(await refusal("export", "--format", "jsonl", flag)).toMatchObject({
        code: 2,
        error: `tlslp: error: ${flag} is for --format csv only`,
      });
    }
  });

  test("ends quietly when its reader goes away", async () => {
    const path = await makeStore("quiet", 2000);
    const pipeline = 'set -o pipefail; "$@" | head -n 1 | cut -c 1-2';
    for (const command of ["export", "list"]) {
      const args = ["submissions", command, "--store", `sqlite:${path}`];
      const ended = await run(["bash", "-c", pipeline, "bash", tlslp(), ...args]);
      expect(ended).toMatchObject({ code: 0, stdout: "id\n", stderr: "" });
    }
  });

  test("ends on a signal while its reader does not read", async () => {
    const path = await makeStore("stuck", 2000);
    // It catches signals before it writes; a program in the background ignores SIGINT until then.
    const script = `
      mkfifo pipe; sleep 60 <pipe & reader=$!
      "$@" >pipe & program=$!
      until ((0x$(sed -n 's/^SigCgt:\\s*//p' /proc/$program/status) & 2)); do sleep 0.05; done
      sleep 1; kill -$SIGNAL $program; wait $program; echo $?; kill $reader`;
    for (const [command, SIGNAL, code] of [
      ["export", "TERM", 143],
      ["list", "INT", 130],
    ] as const) {
      const args = ["submissions", command, "--store", `sqlite:${path}`];
      const options = { env: { SIGNAL } };
      const ended = await run(["bash", "-c", script, "bash", tlslp(), ...args], options);
      expect(ended).toMatchObject({ stdout: `${code}\n`, stderr: "" });
    }
  });

  test("of 100,000 submissions takes less than 100 MB of memory", async () => {
    const path = await makeStore("large", 2);
    // Copies within the database, which is quicker than 100,000 sessions.
    const sql = new Bun.SQL(`sqlite:${path}`);
    await sql.unsafe(`
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 99998)
      insert into tlslp_entries
        select printf('%026d', n), at, outcome, step, reason, participant, subject, fingerprint,
          address, bits, work_seconds, acknowledged, pending, erased, requests, answers, receipt
        from numbers, (select * from tlslp_entries limit 1)`);
    await sql.close();
    for (const format of ["csv", "jsonl", "json"]) {
      const output = join(folder.path, `large.${format}`);
      const args = ["export", "--format", format, "--output", output, "--store", `sqlite:${path}`];
      const { stdout } = await run(["python3", "-c", MEASURE, tlslp(), "submissions", ...args]);
      expect(Number(stdout) * 1024).toBeLessThan(100e6);
      const lines = readFileSync(output, "utf8").split("\n").length;
      expect(lines).toBeGreaterThan(100_000);
    }
  });
});

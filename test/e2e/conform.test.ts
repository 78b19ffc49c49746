/**
 * `tlslp conform` against our own programs, which keep every rule, and against programs that check
 * nothing, which break every rule that asks for a check.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_RULES } from "../../src/conform/client-rules.ts";
import { SERVER_RULES } from "../../src/conform/server-rules.ts";
import {
  HOST,
  makeCredentialsFolder,
  python,
  startPythonServer,
  startServer,
} from "../support/peers.ts";
import {
  type Ended,
  makeFolder,
  runTlslp,
  start,
  startTlslp,
  tlslp,
} from "../support/processes.ts";

// The longest test starts a client for each of its rules.
setDefaultTimeout(240_000);

/** Seconds: short, but enough for peers on a busy machine. */
const SHORT_LIMIT = ["--other-timeout", "6"];
/** Seconds: above every time limit of a program under test. */
const PATIENCE = "30";

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());
const TRUST = [
  ...["--ca-cert", credentials.ca.cert],
  ...["--client-cert", credentials.client.cert, "--private-key", credentials.client.key],
  ...["--threads", "1"],
];
const OUR_CLIENT = [
  ...[tlslp(), "client", "--host", "{host}", "--ports", "{port}", "--ca-cert", "{ca}"],
  ...["--client-cert", "{cert}", "--private-key", "{key}", "--threads", "1"],
  ...["--kernel", "portable"],
];

interface Run extends Ended {
  /** The lines of all rules but those that hold. */
  readonly complaints: readonly string[];
  readonly broken: readonly string[];
  readonly tried: number;
}

/** Runs the command with some rules, and reads its lines as they come. */
async function conform(
  rules: readonly string[],
  args: readonly string[],
  timeout = PATIENCE,
): Promise<Run> {
  const all = ["conform", "--timeout", timeout, "--only", rules.join(","), ...args];
  await using program = startTlslp(all);
  program.closeInput();
  const complaints: string[] = [];
  const broken: string[] = [];
  for (const _ of rules) {
    const [line, verdict, id = ""] = await program.stdout.next(/^(\w+) +(\S+) .*$/);
    if (verdict !== "holds") {
      complaints.push(line);
    }
    if (verdict === "broken") {
      broken.push(id);
    }
  }
  const ended = await program.ended();
  return { ...ended, complaints, broken, tried: rules.length };
}

/** Whether a rule takes as long as a time limit of the program under test. */
function isSlow(id: string): boolean {
  return /\/(silent|slow)-/.test(id);
}

function ids(rules: readonly { readonly id: string }[], slow: boolean): readonly string[] {
  return rules.map(({ id }) => id).filter((id) => isSlow(id) === slow);
}

describe("our server keeps", () => {
  for (const [what, slow, flags] of [
    ["every rule", false, []],
    ["every time limit", true, SHORT_LIMIT],
  ] as const) {
    test.concurrent(what, async () => {
      await using server = await startServer(credentials, "mutual", ["--bits", "6", ...flags]);
      const endpoint = `${HOST}:${server.port}`;

      const run = await conform(ids(SERVER_RULES, slow), [
        ...["--server", endpoint, "--jobs", "8"],
        ...TRUST,
      ]);

      expect(run.complaints).toEqual([]);
      expect(run.stderr).toContain(`tlslp: all ${run.tried} rules hold\n`);
      expect(run.code).toBe(0);
    });
  }
});

test.concurrent("our server keeps rules without certificates of clients", async () => {
  await using server = await startServer(credentials, "insecure", ["--bits", "6"]);
  const rules = ["server/session", "server/tls-version", "server/clear-text", "server/nul"];

  const run = await conform(rules, ["--server", `${HOST}:${server.port}`, "--insecure"]);

  expect(run.complaints).toEqual([]);
  expect(run.code).toBe(0);
});

describe("our client keeps", () => {
  for (const [what, slow, flags] of [
    ["every rule", false, []],
    ["every time limit", true, SHORT_LIMIT],
  ] as const) {
    test.concurrent(what, async () => {
      const run = await conform(ids(CLIENT_RULES, slow), [
        ...["--client", "--jobs", "6"],
        ...["--", ...OUR_CLIENT, ...flags],
      ]);

      expect(run.complaints).toEqual([]);
      expect(run.stderr).toContain(`tlslp: all ${run.tried} rules hold\n`);
      expect(run.code).toBe(0);
    });
  }
});

describe("a server that checks nothing", () => {
  /** Its library of TLS keeps these, or no client can see whether they are kept. */
  const KEPT = ["server/tls-version", "server/clear-text", "server/close-at-done"];

  test.concurrent("breaks every rule that asks for a check, and keeps the others", async () => {
    const { ca, server } = credentials;
    await using program = start([...python("lenient-server.py"), ca.cert, server.cert, server.key]);
    const [port] = await program.stdout.next(/^\d+$/);
    // A line without an end is no different from silence.
    const tried = SERVER_RULES.filter(({ id }) => !isSlow(id) && id !== "server/endless-line");

    const run = await conform(
      tried.map(({ id }) => id),
      ["--server", `${HOST}:${port}`, "--jobs", "8", ...TRUST],
    );

    const due = tried
      .filter((rule) => "due" in rule && rule.due !== "service")
      .map(({ id }) => id)
      .filter((id) => !KEPT.includes(id) && id !== "server/close-within-done");
    expect(run.broken).toEqual(due);
    expect(run.complaints).toHaveLength(due.length);
    expect(run.stderr).toContain(`tlslp: error: ${due.length} of ${tried.length} rules are broken`);
    expect(run.code).toBe(4);
  });
});

describe("a client that checks nothing", () => {
  const COMMAND = [...python("lenient-client.py"), "{host}", "{port}", "{ca}", "{cert}", "{key}"];

  test.concurrent("breaks every rule that asks for a check, and keeps the others", async () => {
    // It waits after FAIL and in an endless line, as after silence.
    const tried = CLIENT_RULES.filter(({ id }) => !isSlow(id) && !/\/(fail-|endless-)/.test(id));

    const run = await conform(
      tried.map(({ id }) => id),
      ["--client", "--jobs", "4", "--", ...COMMAND],
    );

    const due = tried.filter((rule) => !("lines" in rule)).map(({ id }) => id);
    expect(run.broken).toEqual(due);
    expect(run.complaints).toHaveLength(due.length);
    expect(run.code).toBe(4);
  });

  test.concurrent("and waits for ever is ended", async () => {
    const rules = ["client/fail-first", "client/silent-at-hello", "client/silent-handshake"];

    const run = await conform(rules, ["--client", "--jobs", "3", "--", ...COMMAND], "10");

    expect(run.broken).toEqual(rules);
    expect(run.complaints.join("\n")).toContain("nothing within 10 s");
    expect(run.code).toBe(4);
  });
});

describe("a rule that cannot be tried is unknown", () => {
  test.concurrent("where the server's puzzle has 0 bits, and where it asks nothing", async () => {
    const flags = ["--bits", "0", "--requests", "", "--sessions", "3"];
    await using server = await startPythonServer(credentials, "mutual", flags);

    const run = await conform(
      ["server/session", "server/wrong-suffix", "server/no-value"],
      ["--server", `${HOST}:${server.port}`, ...TRUST],
    );

    expect(run.complaints).toEqual([
      expect.stringMatching(/^unknown .*: the puzzle has 0 bits, so no suffix is wrong$/),
      expect.stringMatching(/^unknown .*: the server asks for no information$/),
    ]);
    expect(run.stderr).toContain("tlslp: error: 2 of 3 rules could not be tried\n");
    expect(run.code).toBe(3);
  });

  test.concurrent("where the client leaves before, and its reason is shown", async () => {
    using folder = makeFolder();
    // Our client holds one session, and cannot connect after that.
    const script = `test -e "$0" && { echo enough >&2; exit 9; }; : >"$0"; exec "$@"`;
    const command = ["sh", "-c", script, join(folder.path, "used"), ...OUR_CLIENT];

    const run = await conform(["client/session", "client/nul"], ["--client", "--", ...command]);

    expect(run.complaints).toEqual([
      expect.stringMatching(/^unknown .*: the client did not connect: exit code 9, enough$/),
    ]);
    expect(run.code).toBe(3);
  });
});

test.concurrent("a server that cannot be reached is exit 3", async () => {
  const run = await runTlslp(["conform", "--server", `${HOST}:1`, ...TRUST]);
  expect(run).toMatchObject({ code: 3, stdout: "" });
  expect(run.stderr).toEndWith(`\ntlslp: error: no answer from ${HOST}:1\n`);
});

test.concurrent("a server that refuses right clients is exit 6", async () => {
  const flags = ["--fail-at", "hello", "--fail-reason", "come tomorrow"];
  await using server = await startPythonServer(credentials, "mutual", flags);
  const run = await runTlslp(["conform", "--server", `${HOST}:${server.port}`, ...TRUST]);
  expect(run).toMatchObject({ code: 6, stdout: "" });
  expect(run.stderr).toEndWith("\ntlslp: error: the server refused: come tomorrow\n");
});

test.concurrent("a puzzle above --max-bits is exit 4, with the way out", async () => {
  await using server = await startServer(credentials, "mutual", ["--bits", "25"]);
  const run = await runTlslp(["conform", "--server", `${HOST}:${server.port}`, ...TRUST]);
  expect(run).toMatchObject({ code: 4, stdout: "" });
  expect(run.stderr).toEndWith("\ntlslp: hint: --max-bits 25 allows it\n");
});

test.concurrent("a client that does not connect is exit 3", async () => {
  const run = await runTlslp(["conform", "--client", "--", "sh", "-c", "echo no >&2; exit 7"]);
  expect(run).toMatchObject({ code: 3, stdout: "" });
  expect(run.stderr).toStartWith("tlslp: error: the client did not connect: exit code 7, no\n");
});

test.concurrent("an interruption ends the client, and leaves no file", async () => {
  using folder = makeFolder();
  const pid = join(folder.path, "pid");
  // The client interrupts its parent.
  const script = `echo $$ >"$0"; test -e "$1" || exit 1; kill -INT $PPID; sleep 600`;
  using temporary = makeFolder();

  const run = await runTlslp(["conform", "--client", "--", "sh", "-c", script, pid, "{key}"], {
    env: { TMPDIR: temporary.path },
  });

  expect(run.code).toBe(130);
  expect(readdirSync(temporary.path)).toEqual([]);
  expect(() => process.kill(Number(readFileSync(pid, "utf8")), 0)).toThrow("ESRCH");
});

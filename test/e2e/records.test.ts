/**
 * The documentation of log records and metrics, compared with the output of the compiled
 * executable: every record and every value, and nothing else.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { runSession } from "../../bench/load/client.ts";
import { makeReceiptKeys } from "../../src/intake/receipts.ts";
import {
  HOST,
  makeCredentialsFolder,
  runClient,
  runPythonClient,
  serverArgs,
  startPythonClient,
  startPythonServer,
  startServer,
} from "../support/peers.ts";
import { makeUnreadPipe, makeUnreadSocket } from "../support/pipe.ts";
import {
  makeFolder,
  type Program,
  REPOSITORY,
  runTlslp,
  start,
  tlslp,
  waitFor,
} from "../support/processes.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());

interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** At the level debug the records of these sessions are several times the size of a pipe. */
const MANY_SESSIONS = 150;

/** For clients that wait for their turn on a busy machine. */
const PATIENT = ["--other-timeout", "60"];

const VERBOSE = ["--log-format", "json", "--log-level", "debug"];

/** Fails for the first submission, and prints a line. */
const ON_PASS = `#!/bin/sh
cat >/dev/null
echo said
mkdir "$0.once" 2>/dev/null && exit 1
exit 0
`;

/** Records that this test cannot cause. */
const RARE = [
  "session refused",
  "the hard limit on open files allows fewer connections than configured",
  "certificates not reloaded, the old ones stay",
  "revocation lists not reloaded, the old ones stay",
  "cannot notify the supervisor (NOTIFY_SOCKET): …",
  "… expires soon",
  "… has expired",
  "still working: …",
  "the system allows fewer search threads",
  "search kernels failed their self-test and are not used",
  "an observer failed",
  "answers are checked and forgotten",
  "answers cannot be kept",
  "answers can be kept again",
  "the store could not record how a session ended",
  "old personal data erased",
  "old personal data not erased",
  "the on-pass command succeeded and will run again: that could not be recorded",
  "a certificate or list is not used",
  "peers may refuse our certificates",
  "we may refuse our peers",
  "the server may refuse an answer",
  "other users can read the invitation, and the private key in it",
];

describe("the log", () => {
  test("has the records of the server, and nothing else", async () => {
    using folder = makeFolder();
    const key = join(folder.path, "receipt-key.pem");
    const command = join(folder.path, "on-pass");
    writeFileSync(key, makeReceiptKeys().privateKey, { mode: 0o600 });
    writeFileSync(command, ON_PASS, { mode: 0o755 });
    const intake = ["--receipts", key, "--on-pass", command];
    const settings = ["--bits", "4", "--metrics", "0", ...intake, ...VERBOSE];
    await using server = await startServer(credentials, "mutual", settings);
    await runPythonClient(credentials, "mutual", server.port);
    await server.program.stderr.next(/on-pass command failed/);
    await runPythonClient(credentials, "mutual", server.port);
    await server.program.stderr.next(/on-pass command succeeded/);
    await runPythonClient(credentials, "mutual", server.port, ["--break", "not-ok"]);
    await connectWithoutTls(server.port);
    await server.program.stderr.next(/connection rejected/);
    server.program.kill("SIGHUP");
    await server.program.stderr.next(/certificates reloaded/);
    server.program.kill("SIGTERM");

    const { stderr } = await server.program.ended();
    compare(recordsOf(stderr), documented("## Records of the server"));
  });

  test.each([
    ["pipe", makeUnreadPipe],
    ["socket", makeUnreadSocket],
  ] as const)("holds up no session when its %s is not read", async (_, make) => {
    await using unread = await make();
    const args = serverArgs(credentials, "mutual", ["--bits", "0", ...PATIENT, ...VERBOSE]);
    await using server = start(unread.withStderr([tlslp(), ...args]));
    const [, port] = await server.stdout.next(/^listening on .*:(\d+)$/);
    const target = { port: Number(port), tls: clientTls() };
    const sessions = Array.from({ length: MANY_SESSIONS }, () => runSession(target));

    const outcomes = await waitFor(
      Promise.all(sessions),
      () => "the sessions of a server with an unread log",
    );
    server.kill("SIGTERM");

    expect(new Set(outcomes)).toEqual(new Set(["done"]));
    expect((await server.ended()).code).toBe(0);
  });

  test("has the records of the client, and nothing else", async () => {
    await using server = await startServer(credentials, "mutual", ["--bits", "4"]);
    const ports = ["--ports", `1,${server.port}`];
    const { ca, client } = credentials;
    const files = ["--ca-cert", ca.cert, "--client-cert", client.cert, "--private-key", client.key];
    const args = ["client", "--host", HOST, ...ports, ...files, ...VERBOSE];
    const { stderr } = await runTlslp(args);
    await using other = await startPythonServer(credentials, "mutual", ["--fail-at", "request"]);
    const refused = await runClient(credentials, "mutual", other.port, [
      "--max-bits",
      "30",
      ...VERBOSE,
    ]);
    await using hard = await startPythonServer(credentials, "mutual", ["--bits", "64"]);
    const late = await runClient(credentials, "mutual", hard.port, [
      "--work-timeout",
      "5",
      ...VERBOSE,
    ]);
    const said = stderr + refused.stderr + late.stderr;
    compare(recordsOf(said), documented("## Records of the client"));
  });
});

describe("the metrics", () => {
  test("are those of the documentation, and true", async () => {
    const flags = ["--bits", "4", "--metrics", "0", ...PATIENT];
    await using server = await startServer(credentials, "mutual", flags);
    const port = await metricsPort(server.program);
    await runPythonClient(credentials, "mutual", server.port);
    await runPythonClient(credentials, "mutual", server.port, ["--break", "not-ok"]);
    await runClient(credentials, "insecure", server.port);
    await using worker = startPythonClient(credentials, "mutual", server.port, [
      "--break",
      "silent",
    ]);
    await worker.stdout.next(/"received".*HELLO/);

    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

    expect(text).toContain('\ntlslp_sessions_finished_total{outcome="ok"} 1\n');
    expect(text).toContain('\ntlslp_sessions_finished_total{outcome="protocol"} 1\n');
    expect(text).toMatch(/\ntlslp_handshake_failures_total\{cause="no-certificate"\} 1\n/);
    expect(text).toContain('\ntlslp_sessions_open{step="HELLO"} 1\n');
    expect(text).toContain("\ntlslp_solve_seconds_count 2\n");
    expect(shapes(text)).toEqual(documentedMetrics());
    expect(causes(text)).toEqual(documentedCauses());
  });

  test("are served on the loopback only, and report that the server drains", async () => {
    const flags = ["--bits", "64", "--grace", "50", "--metrics", ":0"];
    await using server = await startServer(credentials, "mutual", flags);
    const port = await metricsPort(server.program);
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await using worker = startPythonClient(credentials, "mutual", server.port);
    await worker.stdout.next(/"received".*WORK /);
    expect(await status("/readyz")).toBe(200);

    server.program.kill("SIGTERM");
    await server.program.stderr.next(/shutting down/);

    expect(await status("/readyz")).toBe(503);
    expect(await status("/healthz")).toBe(200);
    worker.kill("SIGKILL");
    expect((await server.program.ended()).code).toBe(0);
    await expect(status("/healthz")).rejects.toThrow();
  });
});

function clientTls(): Bun.TLSOptions {
  const { ca, client } = credentials;
  const [authority, cert, key] = [ca.cert, client.cert, client.key].map((path) =>
    readFileSync(path, "utf8"),
  );
  return { ca: authority, cert, key, serverName: "localhost", rejectUnauthorized: true };
}

/** Connects, and sends text that is not TLS. */
function connectWithoutTls(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.end("hello?\n");
  });
}

async function metricsPort(server: Program): Promise<string> {
  const [, port = ""] = await server.stderr.next(/at=http:\/\/127\.0\.0\.1:(\d+)\/metrics$/);
  return port;
}

function recordsOf(log: string): readonly LogRecord[] {
  return log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

interface Row {
  readonly level: string;
  readonly values: ReadonlySet<string>;
}

function compare(records: readonly LogRecord[], rows: ReadonlyMap<string, Row>): void {
  const seen = new Map<string, Set<string>>();
  for (const { message, level, properties } of records) {
    const name = [...rows.keys()].find((row) => isCalled(row, message)) ?? message;
    expect([message, level.toLowerCase()]).toEqual([
      message,
      rows.get(name)?.level ?? "undocumented",
    ]);
    seen.set(name, (seen.get(name) ?? new Set()).union(new Set(Object.keys(properties))));
  }
  for (const [message, { values }] of rows) {
    if (!RARE.includes(message)) {
      const found = [...(seen.get(message) ?? [])];
      const shown = message === "connections rejected" ? found.slice(0, 1) : found;
      expect([message, shown.sort()]).toEqual([message, [...values].sort()]);
    }
  }
}

/** Whether a message is the one of a row, in which "…" means any text. */
function isCalled(row: string, message: string): boolean {
  const parts = row.split("…").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".+")}$`).test(message);
}

/** Returns the records of a section of docs/logs.md, by their messages. */
function documented(heading: string): ReadonlyMap<string, Row> {
  const [, section = ""] = read("logs.md").split(`${heading}\n`);
  const [table = ""] = section.split("\n## ");
  const rows = new Map<string, Row>();
  for (const [, message = "", level = "", values = ""] of table.matchAll(
    /^\| (.+?) \| (\w+) \|(.*)\|$/gm,
  )) {
    const names = Array.from(values.matchAll(/`(\w+)`/g), ([, name = ""]) => name);
    rows.set(message, { level, values: new Set(names) });
  }
  rows.delete("record"); // the table's head
  return rows;
}

/** Returns each metric of Prometheus' text format with its type and its label. */
function shapes(text: string): readonly string[] {
  return Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = "", type = ""]) => {
    const [, label = ""] = new RegExp(`^${name}\\{(\\w+)=`, "m").exec(text) ?? [];
    return `${name} ${type} ${name === "tlslp_sessions_refused_total" ? "reason" : label}`;
  }).sort();
}

function documentedMetrics(): readonly string[] {
  const rows = read("metrics.md").matchAll(/^\| `(\w+)` \| (\w+) \| (?:`(\w+)` )?\|/gm);
  return Array.from(rows, ([, name, type, label = ""]) => `${name} ${type} ${label}`).sort();
}

function causes(text: string): readonly string[] {
  return Array.from(text.matchAll(/\{cause="([a-z-]+)"\}/g), ([, cause = ""]) => cause).sort();
}

function documentedCauses(): readonly string[] {
  const [, section = ""] = read("metrics.md").split("## Causes\n");
  const cells = Array.from(section.matchAll(/^\| (`.*?) \|/gm), ([, cell = ""]) => cell);
  return cells.flatMap((cell) => cell.replaceAll("`", "").split(", ")).sort();
}

function read(name: string): string {
  return readFileSync(join(REPOSITORY, "docs", name), "utf8");
}

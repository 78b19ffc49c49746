/**
 * The whole session, line by line, from the log records of both sides: the compiled executable as
 * server and as client, in two processes and both TLS modes.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { SAMPLE_ANSWERS } from "../../src/client/answers.ts";
import { digestOf, isSolution, toHex } from "../../src/puzzle/digest.ts";
import { REQUESTS } from "../../src/wire/message.ts";
import { makeFolder, runTlslp, startTlslp } from "../support/processes.ts";

const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";
const ARG = "LGTk";
const CHECKSUM = toHex(digestOf(TOKEN, ARG));
const BITS = 14;
const LOG = ["--log-level", "debug", "--log-format", "json"];

/** Each message of the server with the client's answer; the suffix, which varies, is `<suffix>`. */
const EXCHANGES = [
  ["HELLO", "HELLOBACK"],
  [`WORK ${TOKEN.slice(0, 4)}… ${BITS}`, "<suffix>"],
  ...REQUESTS.map((request) => [`${request} ${ARG}`, `${CHECKSUM} ${SAMPLE_ANSWERS[request]}`]),
  ["DONE", "OK"],
];

interface Session {
  readonly serverLog: string;
  readonly clientLog: string;
  readonly clientOut: string;
}

async function holdSession(...mode: readonly string[]): Promise<Session> {
  using folder = makeFolder();
  const cwd = folder.path;
  expect(await runTlslp(["certs"], { cwd })).toMatchObject({ code: 0, stderr: "" });

  const puzzle = ["--bits", String(BITS), "--token", TOKEN, "--random-string", ARG];
  await using server = startTlslp(["server", "--port", "0", ...puzzle, ...mode, ...LOG], { cwd });
  const [, port = ""] = await server.stdout.next(/^listening on localhost:(\d+)$/);

  const client = await runTlslp(["client", "--ports", port, ...mode, ...LOG], { cwd });
  expect(client.code).toBe(0);

  // The server notes the end once the store has, which the client does not wait for.
  await server.stderr.next(/session finished/);
  server.kill("SIGTERM");
  const ended = await server.ended();
  expect(ended).toMatchObject({ code: 0, stdout: `listening on localhost:${port}\n` });
  return { serverLog: ended.stderr, clientLog: client.stderr, clientOut: client.stdout };
}

interface LogRecord {
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

function records(log: string): LogRecord[] {
  return log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Returns the exchanges as one side recorded them; the suffix is checked, and then named. */
function exchanges(log: string): string[][] {
  const lines = records(log)
    .filter(({ message }) => message === "asked" || message === "answered")
    .map(({ message, properties: { step, line = "" } }) =>
      message === "answered" && step === "WORK" ? nameSuffix(line) : line,
    );
  return lines.flatMap((line, index) => (index % 2 === 0 ? [[line, lines[index + 1] ?? ""]] : []));
}

function nameSuffix(line: string): string {
  return isSolution(TOKEN, line, BITS) ? "<suffix>" : `no solution: ${line}`;
}

for (const [name, ...mode] of [["mutual TLS"], ["insecure mode", "--insecure"]] as const) {
  test(`both sides record the whole conversation over ${name}`, async () => {
    const { serverLog, clientLog, clientOut } = await holdSession(...mode);
    expect(clientOut).toBe(`OK ${REQUESTS.length} answered\n`);
    expect(exchanges(serverLog)).toEqual(EXCHANGES);
    expect(exchanges(clientLog)).toEqual(EXCHANGES);

    const messages = records(serverLog).map(({ message }) => message);
    expect(messages.slice(0, 2)).toEqual(["answers are kept", "session opened"]);
    expect(messages.slice(-2)).toEqual(["session finished", "shutting down"]);
    expect(serverLog + clientLog).not.toContain(TOKEN);
  }, 30_000);
}

test("at the default level no personal value is recorded", async () => {
  using folder = makeFolder();
  const cwd = folder.path;
  await Bun.write(
    join(cwd, "answers.json"),
    JSON.stringify({ ...SAMPLE_ANSWERS, EMAIL1: "me@home" }),
  );
  await runTlslp(["certs"], { cwd });
  await using server = startTlslp(["server", "--port", "0", "--bits", "4"], { cwd });
  const [, port = ""] = await server.stdout.next(/:(\d+)$/);

  const client = await runTlslp(["client", "--ports", port, "--answers", "answers.json"], { cwd });
  expect(client).toMatchObject({ code: 0, stdout: "OK 8 answered\n" });
  await server.stderr.next(/session finished/);
  expect(server.stderr.text + client.stderr).not.toMatch(/me@home|Sample/);
}, 30_000);

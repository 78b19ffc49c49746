/**
 * A server that listens on several ports: it is one server, with one total of sessions.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { connectPlainly } from "../support/plain-tcp.ts";
import {
  type Folder,
  makeFolder,
  type Program,
  runTlslp,
  startTlslp,
} from "../support/processes.ts";

setDefaultTimeout(120_000);

const HOST = "127.0.0.1";

interface Started extends AsyncDisposable {
  readonly program: Program;
  readonly ports: readonly number[];
}

async function startServer(folder: Folder, flags: readonly string[] = []): Promise<Started> {
  await runTlslp(["certs"], { cwd: folder.path });
  const args = ["server", "--host", HOST, "--ports", "0,0,0", "--bits", "4", "--store", "none"];
  const program = startTlslp([...args, ...flags], { cwd: folder.path });
  const ports: number[] = [];
  for (const _ of [1, 2, 3]) {
    const [, port] = await program.stdout.next(/^listening on 127\.0\.0\.1:(\d+)$/);
    ports.push(Number(port));
  }
  return { program, ports, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

function runClient(folder: Folder, port: number) {
  const args = ["client", "--host", HOST, "--ports", `${port}`, "--log-level", "error"];
  return runTlslp(args, { cwd: folder.path });
}

/** Connects as the client of the folder; resolves with the connection and what it first reads. */
async function open(folder: Folder, port: number) {
  const read = (name: string) => readFileSync(join(folder.path, "certs", name));
  const [ca, cert, key] = ["ca-cert.pem", "client-cert.pem", "client-key.pem"].map(read);
  const socket = connect({ host: HOST, port, ca, cert, key, checkServerIdentity: () => undefined });
  const line = Promise.withResolvers<string>();
  socket.on("data", (bytes) => line.resolve(`${bytes}`));
  socket.on("error", line.reject);
  return { said: await line.promise, serial: serialOf(socket), end: () => socket.destroy() };
}

/** The server closes its ports right after it says so; a connection may come before that. */
async function untilRefused(port: number): Promise<void> {
  let error: string | undefined;
  while (error !== "ECONNREFUSED") {
    using late = connectPlainly(port);
    await late.closed();
    error = late.error();
  }
}

function serialOf(socket: ReturnType<typeof connect>): string | undefined {
  return socket.getPeerX509Certificate()?.serialNumber;
}

test.concurrent("serves clients on each, and prints a line for each", async () => {
  using folder = makeFolder();
  await using server = await startServer(folder);

  expect(new Set(server.ports).size).toBe(3);
  for (const port of server.ports) {
    expect((await runClient(folder, port)).stdout).toBe("OK 8 answered\n");
  }
  expect(server.program.stdout.text.trim().split("\n")).toHaveLength(3);
});

test.concurrent("counts the sessions of all ports together", async () => {
  using folder = makeFolder();
  // The first two answer nothing, and must still be there when the third comes.
  const flags = ["--max-sessions", "2", "--other-timeout", "60"];
  await using server = await startServer(folder, flags);
  const [first = 0, second = 0, third = 0] = server.ports;
  const one = await open(folder, first);
  const two = await open(folder, second);

  const three = await open(folder, third);

  expect([one, two].map(({ said }) => said)).toEqual(["HELLO\n", "HELLO\n"]);
  expect(three.said).toStartWith("FAIL busy");
  for (const { end } of [one, two, three]) {
    end();
  }
});

test.concurrent("takes new certificates on all ports at SIGHUP, and drops no session", async () => {
  using folder = makeFolder();
  await using server = await startServer(folder);
  const before = await open(folder, server.ports[0] ?? 0);
  await runTlslp(["certs", "renew", "server"], { cwd: folder.path });
  const renewed = new X509Certificate(readFileSync(join(folder.path, "certs/server-cert.pem")));

  server.program.kill("SIGHUP");
  await server.program.stderr.next(/certificates reloaded/);

  for (const port of server.ports) {
    const { serial, end } = await open(folder, port);
    expect(serial).toBe(renewed.serialNumber);
    end();
  }
  expect(before.serial).not.toBe(renewed.serialNumber);
  before.end();
});

test.concurrent("closes all ports when it shuts down, and lets sessions finish", async () => {
  using folder = makeFolder();
  await using server = await startServer(folder);
  const [first = 0] = server.ports;
  const session = await open(folder, first);

  server.program.kill("SIGTERM");
  await server.program.stderr.next(/shutting down/);
  for (const port of server.ports) {
    await untilRefused(port);
  }
  session.end();

  expect((await server.program.ended()).code).toBe(0);
});

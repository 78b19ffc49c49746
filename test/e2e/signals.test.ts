/**
 * The end of each command on a signal, or when its peer ends the session.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import {
  clientArgs,
  makeCredentialsFolder,
  readReport,
  runClient,
  runPythonClient,
  serverArgs,
  startPythonClient,
  startPythonServer,
  startServer,
} from "../support/peers.ts";
import {
  makeFolder,
  type Program,
  start,
  startTlslp,
  tlslp,
  waitFor,
} from "../support/processes.ts";
import { catches, processorTime } from "../support/system.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());

const CODES = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

const SIGTERM = 15;

/** The longest "at once" on a busy machine, in seconds; an endless search takes far longer. */
const AT_ONCE = 20;

/** Long enough for a signal meanwhile, and short enough for Python on a busy machine. */
const A_WHILE = ["--bits", "18"];

/** No search of a test finds that many bits. */
const UNSOLVABLE = ["--bits", "64"];

describe("solve", () => {
  for (const [signal, code] of CODES) {
    test.concurrent(`ends on ${signal} with ${code} and without a result`, async () => {
      await using solver = startTlslp(["solve", "token", "64"]);
      await waitForSearch(solver);

      const seconds = await timeToEnd(solver, signal);

      const { stdout, ...ended } = await solver.ended();
      expect(ended.code).toBe(code);
      expect(stdout).toBe("");
      expect(seconds).toBeLessThan(AT_ONCE);
    });
  }
});

describe("the client in the middle of its search", () => {
  for (const [signal, code] of CODES) {
    test.concurrent(`ends on ${signal} with ${code}, and its server sees it go`, async () => {
      await using server = await startPythonServer(credentials, "mutual", UNSOLVABLE);
      await using client = startTlslp(clientArgs(credentials, "mutual", server.port));
      await server.program.stdout.next(/"sent".*WORK /);
      await waitForSearch(client);

      const seconds = await timeToEnd(client, signal);

      const { stdout, ...ended } = await client.ended();
      expect(ended.code).toBe(code);
      expect(stdout).toBe("");
      expect(seconds).toBeLessThan(AT_ONCE);
      expect(readReport(await server.program.ended()).outcome).toBe("transport");
    });
  }

  test.concurrent("stops at once when the server says FAIL", async () => {
    const flags = [...UNSOLVABLE, "--fail-at", "during-work", "--fail-reason", "changed my mind"];
    await using server = await startPythonServer(credentials, "mutual", flags);

    const begun = performance.now();
    const { code, stderr } = await runClient(credentials, "mutual", server.port);

    expect(code).toBe(6);
    expect(stderr).toMatch(/^tlslp: error: .*changed my mind$/m);
    expect((performance.now() - begun) / 1000).toBeLessThan(AT_ONCE);
  });

  test.concurrent("stops at once when the server goes away", async () => {
    await using server = await startPythonServer(credentials, "mutual", UNSOLVABLE);
    await using client = startTlslp(clientArgs(credentials, "mutual", server.port));
    await server.program.stdout.next(/"sent".*WORK /);
    await waitForSearch(client);

    const begun = performance.now();
    server.program.kill("SIGKILL");

    const { code, stdout, stderr } = await client.ended();
    expect(code).toBe(3);
    expect(stderr).toMatch(/^tlslp: error: .*closed the connection$/m);
    expect(stdout).toBe("");
    expect((performance.now() - begun) / 1000).toBeLessThan(AT_ONCE);
  });

  test.concurrent("says in its JSON that it was interrupted, and how far it came", async () => {
    await using server = await startPythonServer(credentials, "mutual", UNSOLVABLE);
    await using client = startTlslp(clientArgs(credentials, "mutual", server.port, ["--json"]));
    await server.program.stdout.next(/"sent".*WORK /);
    await waitForSearch(client);

    await timeToEnd(client, "SIGTERM");

    const { code, stdout } = await client.ended();
    expect(code).toBe(143);
    const { attempts, seconds, ...result } = JSON.parse(stdout);
    expect(result).toMatchObject({ exit_code: 143, bits: 64, answered: 0 });
    expect(attempts).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(0);
  });
});

describe("a command that waits for a pipe to end", () => {
  const PIPE = "/dev/fd/3";
  const commands: Readonly<Record<string, readonly string[]>> = {
    client: clientArgs(
      { ...credentials, client: { ...credentials.client, key: PIPE } },
      "mutual",
      1,
    ),
    server: serverArgs(
      { ...credentials, server: { ...credentials.server, key: PIPE } },
      "mutual",
      [],
    ),
    "certs show": ["certs", "show", PIPE],
    "verify-receipt": ["verify-receipt", "jws", "--key", PIPE],
    invite: ["invite", "--from", PIPE],
  };

  for (const [name, args] of Object.entries(commands)) {
    test.concurrent(`${name} ends on SIGINT with 130`, async () => {
      using folder = makeFolder();
      const path = join(folder.path, "pipe");
      Bun.spawnSync(["mkfifo", path]);
      // For writing too, so that the pipe does not end.
      await using pipe = await open(path, constants.O_RDWR);
      const shell = ["sh", "-c", 'exec "$0" "$@" 3<"$FIFO"', tlslp(), ...args];
      await using program = start(shell, { env: { FIFO: path } });
      // More than the pipe holds: it takes all of them only while the command reads.
      await waitFor(pipe.write(Buffer.alloc(200_000)), () => `the command to read ${path}`);

      const seconds = await timeToEnd(program, "SIGINT");

      const { code, stdout } = await program.ended();
      expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
      expect(seconds).toBeLessThan(AT_ONCE);
    });
  }
});

describe("the server", () => {
  for (const [signal, code] of [
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const) {
    test.concurrent(`that is idle ends on ${signal} with ${code}`, async () => {
      await using server = await startServer(credentials, "mutual", []);

      const seconds = await timeToEnd(server.program, signal);

      const { stdout, ...ended } = await server.program.ended();
      expect(ended.code).toBe(code);
      expect(stdout).toBe(`listening on 127.0.0.1:${server.port}\n`);
      expect(seconds).toBeLessThan(AT_ONCE);
    });

    test.concurrent(`that has a session lets it finish on ${signal}, and ends with ${code}`, async () => {
      await using server = await startServer(credentials, "mutual", [...A_WHILE, "--grace", "50"]);
      await using client = await startWorking(server.port);

      server.program.kill(signal);
      await server.program.stderr.next(/shutting down/);

      expect(readReport(await client.ended()).outcome).toBe("ok");
      expect((await server.program.ended()).code).toBe(code);
    });
  }

  test.concurrent("with no grace tells its clients that it is shutting down", async () => {
    await using server = await startServer(credentials, "mutual", [...UNSOLVABLE, "--grace", "0"]);
    await using client = await startWorking(server.port);

    const seconds = await timeToEnd(server.program, "SIGTERM");

    expect(readReport(await client.ended())).toMatchObject({
      outcome: "refused",
      detail: "shutting down",
    });
    expect((await server.program.ended()).code).toBe(0);
    expect(seconds).toBeLessThan(AT_ONCE);
  });

  test.concurrent("tells its clients so when its grace is over, and not before", async () => {
    await using server = await startServer(credentials, "mutual", [
      ...UNSOLVABLE,
      "--grace",
      "1.2",
    ]);
    await using client = await startWorking(server.port);

    const seconds = await timeToEnd(server.program, "SIGTERM");

    expect(readReport(await client.ended()).detail).toBe("shutting down");
    expect((await server.program.ended()).code).toBe(0);
    expect(seconds).toBeGreaterThan(1.1);
  });

  test.concurrent("accepts no client while it waits for its sessions", async () => {
    await using server = await startServer(credentials, "mutual", [...UNSOLVABLE, "--grace", "50"]);
    await using client = await startWorking(server.port);
    server.program.kill("SIGTERM");
    await server.program.stderr.next(/shutting down/);

    const late = await runPythonClient(credentials, "mutual", server.port);

    expect(late).toMatchObject({ outcome: "transport", tls: null });
    client.kill("SIGKILL");
    expect((await server.program.ended()).code).toBe(0);
  });

  for (const [first, second, code] of [
    ["SIGTERM", "SIGTERM", 0],
    ["SIGINT", "SIGTERM", 130],
  ] as const) {
    test.concurrent(`ends at once on ${second} after ${first}, with ${code}`, async () => {
      await using server = await startServer(credentials, "mutual", [
        ...UNSOLVABLE,
        "--grace",
        "50",
      ]);
      await using client = await startWorking(server.port);
      server.program.kill(first);
      await server.program.stderr.next(/shutting down/);

      const seconds = await timeToEnd(server.program, second);

      expect((await server.program.ended()).code).toBe(code);
      expect(seconds).toBeLessThan(AT_ONCE);
      expect(readReport(await client.ended()).outcome).toBe("transport");
    });
  }
});

/** Starts a Python client, and waits until it has received WORK. */
async function startWorking(port: number): Promise<Program> {
  const client = startPythonClient(credentials, "mutual", port);
  await client.stdout.next(/"received".*WORK /);
  return client;
}

/** Sends a signal; returns how long the program went on after it, in seconds. */
async function timeToEnd(program: Program, signal: NodeJS.Signals): Promise<number> {
  const begun = performance.now();
  program.kill(signal);
  await program.ended();
  return (performance.now() - begun) / 1000;
}

/**
 * Waits until a program searches, which it does without output: until it catches signals, and has
 * used more processor time since than its start takes.
 */
async function waitForSearch(program: Program): Promise<void> {
  while (!catches(program.pid, SIGTERM)) {
    await Bun.sleep(5);
  }
  const before = processorTime(program.pid);
  while (processorTime(program.pid) < before + 0.3) {
    await Bun.sleep(5);
  }
}

/**
 * Failures of the machine: functions of the C library fail on demand, through a library that is
 * preloaded into our programs (test/support/fault-injection.c).
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareClient, serveUntil } from "../../support/attacked-client.ts";
import { playUntil, startAttackedServer } from "../../support/attacked-server.ts";
import { connectPeer } from "../../support/hostile-peer.ts";
import { HOST, makeCredentialsFolder, serverArgs } from "../../support/peers.ts";
import { makeFolder, REPOSITORY, run, runTlslp, startTlslp } from "../../support/processes.ts";
import { catches } from "../../support/system.ts";

setDefaultTimeout(120_000);

type Fault = "LOOKUP" | "CLOCK" | "SHORT" | "SEND";

const SIGTERM = 15;

const folder = makeFolder();
const library = await buildLibrary();
const client = await prepareClient();
afterAll(() => {
  client[Symbol.dispose]();
  folder[Symbol.dispose]();
});

test.concurrent("a clock that is set ahead and back neither ends nor prolongs a session", async () => {
  const machine = createMachine("clock");
  await using server = await startAttackedServer(["--bits", "4", "--other-timeout", "10"], machine);
  const before = await connectPeer(server.credentials, server.port);
  await playUntil(before, "REQUEST");

  machine.turnOn("CLOCK");
  const meanwhile = await connectPeer(server.credentials, server.port);
  await playUntil(meanwhile, "REQUEST");
  await server.serveGoodClient();
  expect(before.left).toBe(false);
  machine.turnOff("CLOCK");

  // Now the clock is half a day before the time at which the second wait began.
  const endings = await Promise.all([before.receiveAll(), meanwhile.receiveAll()]);
  const reason = "the answer to FULL_NAME took longer than 10 s";
  expect(endings).toEqual([[`FAIL ${reason}`], [`FAIL ${reason}`]]);
  const times = [...server.program.stderr.text.matchAll(/"@timestamp":"([^"]*)"/g)].map(
    ([, time = ""]) => Date.parse(time),
  );
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(11 * 3_600_000);
  await server.settle();
});

test.concurrent("a socket that takes three bytes at a time only slows our server down", async () => {
  const machine = createMachine("short");
  machine.turnOn("SHORT");
  await using server = await startAttackedServer(["--bits", "4", "--other-timeout", "20"], machine);

  await server.serveGoodClient();
  await server.settle();
});

test.concurrent("a socket that takes no more bytes ends only its own session of our server", async () => {
  const machine = createMachine("send");
  await using server = await startAttackedServer(["--bits", "4", "--other-timeout", "6"], machine);
  const peer = await connectPeer(server.credentials, server.port);
  const answer = await playUntil(peer, "WORK");

  machine.turnOn("SEND");
  await peer.send(`${answer}\n`);

  const { outcome } = await server.verdictOn(peer.address);
  expect(["timeout", "transport"]).toContain(outcome);
  expect(await peer.receiveAll()).toEqual([]);
  machine.turnOff("SEND");
  await server.serveGoodClient();
  await server.settle();
});

test.concurrent("a socket that takes no bytes ends our client within its timeout", async () => {
  const machine = createMachine("client-send");
  const { code, json } = await client.runAgainst(
    async (peer) => {
      await serveUntil(peer, "WORK");
      machine.turnOn("SEND");
      await peer.send("WORK a-token 4\n");
      await peer.receiveAll();
    },
    ["--other-timeout", "1", "--work-timeout", "1"],
    machine,
  );

  expect(["timeout", "transport"]).toContain(json.outcome);
  expect([3, 5]).toContain(code ?? 0);
  expect(json.answered).toBe(0);
});

for (const command of ["client --ports 1", "server --port 0"]) {
  test.concurrent(`a name that is never resolved ends ${command} with exit 5`, async () => {
    const machine = createMachine(`lookup-${command.split(" ")[0]}`);
    machine.turnOn("LOOKUP");
    const flags = ["--host", "example.org", "--other-timeout", "1", "--insecure"];

    const { code, stderr } = await runTlslp([...command.split(" "), ...flags], machine);

    expect(stderr).toContain("error: resolving the host example.org took longer than 1 s\n");
    expect(code).toBe(5);
  });
}

test.concurrent("signals that come before our server listens take effect when it listens", async () => {
  const machine = createMachine("early");
  machine.turnOn("LOOKUP");
  using credentials = await makeCredentialsFolder();
  // A name is resolved after the signals are caught; an address would need no resolving.
  const args = serverArgs(credentials, "mutual", []).map((arg) =>
    arg === HOST ? "localhost" : arg,
  );
  await using server = startTlslp(args, machine);
  while (!catches(server.pid, SIGTERM)) {
    await Bun.sleep(5);
  }

  server.kill("SIGHUP");
  server.kill("SIGUSR1");
  machine.turnOff("LOOKUP");

  await server.stdout.next(/^listening on /);
  await server.stderr.next(/certificates reloaded/);
});

/** Makes an environment in which faults can be turned on and off while a program runs. */
function createMachine(name: string) {
  const fileOf = (fault: Fault) => join(folder.path, `${name}.${fault}`);
  return {
    env: {
      LD_PRELOAD: library,
      FAULT_LOOKUP: fileOf("LOOKUP"),
      FAULT_CLOCK: fileOf("CLOCK"),
      FAULT_SHORT: fileOf("SHORT"),
      FAULT_SEND: fileOf("SEND"),
    },
    turnOn: (fault: Fault) => writeFileSync(fileOf(fault), ""),
    turnOff: (fault: Fault) => rmSync(fileOf(fault)),
  };
}

async function buildLibrary(): Promise<string> {
  const source = join(REPOSITORY, "test/support/fault-injection.c");
  const path = join(folder.path, "faults.so");
  const flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"];
  const { stderr } = await run(["cc", ...flags, "-o", path, source, "-ldl"]);
  if (!existsSync(path)) {
    throw new Error(`the faults did not compile:\n${stderr}`);
  }
  return path;
}

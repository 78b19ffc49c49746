/**
 * A server and the limit on its open files. At that limit the runtime's accept loop would spin, so
 * the server must stay below it, however many clients connect.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import {
  type CredentialsFolder,
  HOST,
  makeCredentialsFolder,
  runPythonClient,
  serverArgs,
} from "../support/peers.ts";
import { type Program, start, tlslp } from "../support/processes.ts";
import { countDescriptors, descriptorLimits, processorTime } from "../support/system.ts";

setDefaultTimeout(120_000);

/** Connections that come at once; the server can hold less than a third of them. */
const CONNECTIONS = 300;
/** The time after which silent connections are dropped, in seconds. */
const HANDSHAKE_TIMEOUT = 5;
/** Processor time, in seconds; an accept loop that spins would use more until the timeout. */
const MOST_USED = 1;
/** Opens 100 descriptors that the server inherits, more than the server keeps in reserve. */
const INHERITED = Array.from({ length: 100 }, (_, index) => `${index + 60}</dev/null`).join(" ");

function startLimited(
  credentials: CredentialsFolder,
  ulimit: string,
  args: readonly string[],
): Program {
  const server = [tlslp(), ...serverArgs(credentials, "mutual", args)];
  return start(["bash", "-c", `ulimit ${ulimit} && exec "$@"`, "bash", ...server]);
}

test.concurrent("more connections than a low limit allows cost no processor time, and later clients are served", () =>
  expectLimit("-n 120"));

test.concurrent("descriptors that the server inherits count against the limit", () =>
  expectLimit(`-n 180 && exec ${INHERITED}`));

/** Opens more connections than a server can hold that a shell started with this ulimit. */
async function expectLimit(ulimit: string): Promise<void> {
  using credentials = await makeCredentialsFolder();
  const args = ["--bits", "0", "--other-timeout", `${HANDSHAKE_TIMEOUT}`, "--log-level", "debug"];
  await using server = startLimited(credentials, ulimit, args);
  const [, port] = await server.stdout.next(/^listening on .*:(\d+)$/);
  await server.stderr.next(
    /warn .*the hard limit on open files allows fewer connections .* maxConnections=\d+/,
  );

  const before = processorTime(server.pid);
  const connections = Array.from({ length: CONNECTIONS }, () => connectSilently(Number(port)));
  // The accepted ones are silent until the timeout of their handshake.
  await server.stderr.next(/connection rejected .*the TLS handshake took longer than/);
  const used = processorTime(server.pid) - before;
  const [limit] = descriptorLimits(server.pid);

  expect(countDescriptors(server.pid)).toBeLessThan(Number(limit));
  expect(used).toBeLessThan(MOST_USED);
  await server.stderr.find(/connection rejected .*too many connections/);
  await Promise.all(connections);
  const { outcome } = await runPythonClient(credentials, "mutual", Number(port));
  expect(outcome).toBe("ok");
}

test.concurrent("a low soft limit is raised to the hard limit, without a warning", async () => {
  using credentials = await makeCredentialsFolder();
  await using server = startLimited(credentials, "-Sn 100", ["--max-sessions", "200"]);
  await server.stdout.next(/^listening on /);

  const [soft, hard] = descriptorLimits(server.pid);

  expect(soft).toBe(`${hard}`);
  expect(server.stderr.text).toBe("");
});

test.concurrent("on-pass commands have their own share of the descriptors", async () => {
  using credentials = await makeCredentialsFolder();
  const connectionsBeside = async (...args: readonly string[]) => {
    await using server = startLimited(credentials, "-n 300", ["--store", "sqlite:db", ...args]);
    const [, connections] = await server.stderr.find(/warn .* maxConnections=(\d+)/);
    return Number(connections);
  };
  const all = await connectionsBeside();
  // Three streams and the process, of 20 commands.
  const onPass = ["--on-pass", "/bin/true", "--on-pass-limit", "20"];
  expect(await connectionsBeside(...onPass)).toBe(all - 80);
});

/** Opens a TCP connection that sends nothing; resolves when the server closes it. */
function connectSilently(port: number): Promise<unknown> {
  const socket = connect(port, HOST);
  const closed = once(socket, "close");
  socket.on("error", () => undefined); // A dropped connection is reset.
  return closed.catch(() => undefined);
}

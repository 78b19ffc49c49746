/**
 * A server and the limit on its open files. At that limit the runtime's accept loop would spin, so
 * the server must stay below it, whoever comes.
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

setDefaultTimeout(60_000);

/** So many connections come at once; a third of them is more than the server may hold. */
const CROWD = 300;
/** For the mute ones to be dropped, in seconds. */
const HANDSHAKE_LIMIT = 2;
/** What a shell hands on beside the usual three: 100 descriptors, more than are kept in reserve. */
const INHERITED = Array.from({ length: 100 }, (_, index) => `${index + 60}</dev/null`).join(" ");

function startLimited(
  credentials: CredentialsFolder,
  ulimit: string,
  args: readonly string[],
): Program {
  const server = [tlslp(), ...serverArgs(credentials, "mutual", args)];
  return start(["bash", "-c", `ulimit ${ulimit} && exec "$@"`, "bash", ...server]);
}

test.concurrent("a crowd beyond a low limit costs no processor time, and nobody else the service", () =>
  facesCrowd("-n 120"));

test.concurrent("descriptors that the server was started with count against the limit", () =>
  facesCrowd(`-n 180 && exec ${INHERITED}`));

/** More connect than the server may hold under the limit that a shell set for it. */
async function facesCrowd(ulimit: string): Promise<void> {
  using credentials = await makeCredentialsFolder();
  const args = ["--bits", "0", "--other-timeout", `${HANDSHAKE_LIMIT}`, "--log-level", "debug"];
  await using server = startLimited(credentials, ulimit, args);
  const [, port] = await server.stdout.next(/^listening on .*:(\d+)$/);
  await server.stderr.next(
    /warn .*the hard limit on open files allows fewer connections .* maxConnections=\d+/,
  );

  const before = processorTime(server.pid);
  const crowd = Array.from({ length: CROWD }, () => connectMutely(Number(port)));
  // Those that were let in stay mute until the limit of their handshake.
  await server.stderr.next(/connection rejected .*the TLS handshake took longer than/);
  const used = processorTime(server.pid) - before;
  const [limit] = descriptorLimits(server.pid);

  expect(countDescriptors(server.pid)).toBeLessThan(Number(limit));
  expect(used).toBeLessThan(HANDSHAKE_LIMIT / 2);
  expect(server.stderr.text).toMatch(/connection rejected .*too many connections/);
  await Promise.all(crowd);
  const { outcome } = await runPythonClient(credentials, "mutual", Number(port));
  expect(outcome).toBe("ok");
}

test.concurrent("a low soft limit is raised as far as it goes, and nothing said", async () => {
  using credentials = await makeCredentialsFolder();
  await using server = startLimited(credentials, "-Sn 100", ["--max-sessions", "200"]);
  await server.stdout.next(/^listening on /);

  const [soft, hard] = descriptorLimits(server.pid);

  expect(soft).toBe(`${hard}`);
  expect(server.stderr.text).toBe("");
});

/** A TCP connection that says nothing; resolves when it is closed for it. */
function connectMutely(port: number): Promise<unknown> {
  const socket = connect(port, HOST);
  const closed = once(socket, "close");
  socket.on("error", () => undefined); // dropped ones see a reset
  return closed.catch(() => undefined);
}

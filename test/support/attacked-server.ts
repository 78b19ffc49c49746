/**
 * Our server, compiled, under attack: how it ended each session, whether it released the
 * descriptors, and whether it still serves a good client.
 */

import { type Credentials, makeCredentials, writeCredential } from "./certificates.ts";
import { connectPeer, type HostilePeer, honestAnswer, LOOPBACK } from "./hostile-peer.ts";
import { makeFolder, type Program, type ProgramOptions, startTlslp, waitFor } from "./processes.ts";
import { countDescriptors } from "./system.ts";

/** The end of a session, as the server's log records it. */
export interface Verdict {
  readonly outcome: string;
  readonly reason: string;
}

export interface AttackedServer extends AsyncDisposable {
  readonly program: Program;
  readonly port: number;
  readonly credentials: Credentials;
  /** Returns how the session of the client with this address ended. */
  verdictOn(address: string): Promise<Verdict>;
  /** Plays a whole session; throws unless the server is satisfied with it. */
  serveGoodClient(): Promise<void>;
  /** Waits until the server holds no more descriptors than before its first attacker. */
  settle(): Promise<void>;
}

const ENDING = /^.*"message":"(?:session finished|connection rejected)".*$/;

/** Between two looks at something that sends no event, in milliseconds. */
const POLL_INTERVAL = 5;

/** Starts a server and reads its log, so `flags` must not change the log. */
export async function startAttackedServer(
  flags: readonly string[],
  options: ProgramOptions = {},
): Promise<AttackedServer> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(makeFolder());
  const credentials = await makeCredentials();
  const ca = writeCredential(folder.path, "ca", credentials.authority);
  const identity = writeCredential(folder.path, "server", credentials.server);
  const args = [
    ...["server", "--host", LOOPBACK, "--port", "0"],
    // Only at the level debug has the log the whole reason.
    ...["--log-format", "json", "--log-level", "debug"],
    ...["--ca-cert", ca.cert, "--server-cert", identity.cert, "--server-key", identity.key],
    ...flags,
  ];
  const program = owned.use(startTlslp(args, options));
  const [, port] = await program.stdout.next(/^listening on .*:(\d+)$/);

  const verdictOn = createVerdicts(program);
  const server = {
    program,
    port: Number(port),
    credentials,
    verdictOn,
    async serveGoodClient() {
      const peer = await connectPeer(credentials, Number(port));
      await playUntil(peer, "OK");
      const { outcome } = await verdictOn(peer.address);
      if (outcome !== "ok") {
        throw new Error(`a good client's session ended as ${outcome}`);
      }
    },
  };

  // The first session opens descriptors that stay open; they do not count.
  await server.serveGoodClient();
  const base = await quiet(program.pid);
  const belongings = owned.move();
  return {
    ...server,
    settle: () =>
      waitFor(
        until(() => countDescriptors(program.pid) <= base),
        () => `${base} descriptors; there are ${countDescriptors(program.pid)}`,
      ),
    [Symbol.asyncDispose]: () => belongings.disposeAsync(),
  };
}

/** The server's lines, and "OK" for the end of the conversation. */
export type Step = "HELLO" | "WORK" | "REQUEST" | "DONE" | "OK";

/** Answers honestly up to the first line of a step; returns the honest answer to that line. */
export async function playUntil(peer: HostilePeer, step: Step, value?: string): Promise<string> {
  let token = "";
  for (;;) {
    const line = await peer.receive();
    const [keyword = "", word = ""] = line.split(" ");
    if (keyword === "FAIL") {
      throw new Error(`a good client received ${line}`);
    }
    token = keyword === "WORK" ? word : token;
    const answer = honestAnswer(line, token, value);
    if (stepOf(keyword) === step) {
      return answer;
    }
    await peer.send(`${answer}\n`);
    if (keyword === "DONE") {
      await peer.receiveAll();
      return "";
    }
  }
}

function stepOf(keyword: string): Step {
  return keyword === "HELLO" || keyword === "WORK" || keyword === "DONE" ? keyword : "REQUEST";
}

/**
 * Reads the log until it tells how a client's session ended. Each verdict is returned once, because
 * the next client may have the same address.
 */
function createVerdicts({ stderr }: Program): (address: string) => Promise<Verdict> {
  const verdicts = new Map<string, Verdict>();
  let reading: Promise<void> | undefined;

  async function readOn(): Promise<void> {
    const [line] = await stderr.next(ENDING);
    const { peer, outcome = "rejected", reason = "" } = JSON.parse(line).properties;
    verdicts.set(peer, { outcome, reason });
    reading = undefined;
  }

  return async (address) => {
    for (;;) {
      const verdict = verdicts.get(address);
      if (verdict !== undefined) {
        verdicts.delete(address);
        return verdict;
      }
      reading ??= readOn();
      await reading;
    }
  };
}

/** Returns the number of descriptors once it no longer changes. */
async function quiet(pid: number): Promise<number> {
  let count = 0;
  await until(() => {
    const before = count;
    count = countDescriptors(pid);
    return count === before;
  });
  return count;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await Bun.sleep(POLL_INTERVAL);
  }
}

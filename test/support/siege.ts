/**
 * Our server, compiled, under attack: what it made of each client, whether it let go of everything
 * that the client cost it, and whether it still serves a good one.
 */

import { type Credentials, makeCredentials, writeCredential } from "./certificates.ts";
import {
  makeFolder,
  type Program,
  type ProgramOptions,
  patiently,
  startTlslp,
} from "./processes.ts";
import { connectRogue, honestAnswer, LOOPBACK, type Rogue } from "./rogue.ts";
import { countDescriptors } from "./system.ts";

/** How the server's log says that a session ended. */
export interface Verdict {
  readonly outcome: string;
  readonly reason: string;
}

export interface Besieged extends AsyncDisposable {
  readonly program: Program;
  readonly port: number;
  readonly credentials: Credentials;
  /** What became of the client with this address. */
  verdictOn(address: string): Promise<Verdict>;
  /** Plays a whole session; throws unless the server is satisfied with it. */
  serveGoodClient(): Promise<void>;
  /** Waits until the server holds no more descriptors than before its first attacker. */
  settle(): Promise<void>;
}

const ENDING = /^.*"message":"(?:session finished|connection rejected)".*$/;

/** How often what cannot be waited for is looked at, in milliseconds. */
const LOOK = 5;

/** A server whose log is read, so it may be given any flag but those of the log. */
export async function besiege(
  flags: readonly string[],
  options: ProgramOptions = {},
): Promise<Besieged> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(makeFolder());
  const credentials = await makeCredentials();
  const ca = writeCredential(folder.path, "ca", credentials.authority);
  const server = writeCredential(folder.path, "server", credentials.server);
  const args = [
    ...["server", "--host", LOOPBACK, "--port", "0"],
    // A reason is whole at the level debug alone.
    ...["--log-format", "json", "--log-level", "debug"],
    ...["--ca-cert", ca.cert, "--server-cert", server.cert, "--server-key", server.key],
    ...flags,
  ];
  const program = owned.use(startTlslp(args, options));
  const [, port] = await program.stdout.next(/^listening on .*:(\d+)$/);

  const verdictOn = createVerdicts(program);
  const besieged = {
    program,
    port: Number(port),
    credentials,
    verdictOn,
    async serveGoodClient() {
      const rogue = await connectRogue(credentials, Number(port));
      await playUntil(rogue, "OK");
      const { outcome } = await verdictOn(rogue.address);
      if (outcome !== "ok") {
        throw new Error(`a good client's session ended as ${outcome}`);
      }
    },
  };

  // What the first session leaves open for good is not the attackers'.
  await besieged.serveGoodClient();
  const base = await quiet(program.pid);
  const belongings = owned.move();
  return {
    ...besieged,
    settle: () =>
      patiently(
        until(() => countDescriptors(program.pid) <= base),
        () => `${base} descriptors; there are ${countDescriptors(program.pid)}`,
      ),
    [Symbol.asyncDispose]: () => belongings.disposeAsync(),
  };
}

/** The server's lines, and "OK" for the time when all is said. */
export type Step = "HELLO" | "WORK" | "REQUEST" | "DONE" | "OK";

/** Answers honestly up to the first line of that step, and gives back what would answer it. */
export async function playUntil(rogue: Rogue, step: Step, value?: string): Promise<string> {
  let token = "";
  for (;;) {
    const line = await rogue.hear();
    const [keyword = "", word = ""] = line.split(" ");
    if (keyword === "FAIL") {
      throw new Error(`a good client was told ${line}`);
    }
    token = keyword === "WORK" ? word : token;
    const answer = honestAnswer(line, token, value);
    if (stepOf(keyword) === step) {
      return answer;
    }
    await rogue.say(`${answer}\n`);
    if (keyword === "DONE") {
      await rogue.hearOut();
      return "";
    }
  }
}

function stepOf(keyword: string): Step {
  return keyword === "HELLO" || keyword === "WORK" || keyword === "DONE" ? keyword : "REQUEST";
}

/**
 * Reads on in the log until it says how that client's session ended. Each verdict is given once: the
 * next client may have the same address.
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

/** The number of descriptors once it has come to rest. */
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
    await Bun.sleep(LOOK);
  }
}

/**
 * Conversations with random mutations, on both sides, over real TLS: each ends as the protocol page
 * demands (test/support/oracle.ts), and later sessions are not affected.
 *
 * A failure names its seed; `TLSLP_FUZZ_SEED=… TLSLP_FUZZ_CASES=1 bun test fuzz` repeats it. Other
 * seeds and more cases make another run, and a longer one. Only this test reads these variables.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { SAMPLE_ANSWERS } from "../../../src/client/answers.ts";
import { findServer } from "../../../src/client/find-server.ts";
import { holdClientConversation } from "../../../src/conversation/client.ts";
import type { Fault } from "../../../src/fault/fault.ts";
import { startAttackedServer } from "../../support/attacked-server.ts";
import { makeCredentials } from "../../support/certificates.ts";
import {
  connectPeer,
  findSuffix,
  type HostilePeer,
  honestAnswer,
  LOOPBACK,
  servePeer,
} from "../../support/hostile-peer.ts";
import { createRandom, mutate, pieces, type Random } from "../../support/mutation.ts";
import { type Judgement, judgeAnswer, judgeServer } from "../../support/oracle.ts";
import { countDescriptors } from "../../support/system.ts";

setDefaultTimeout(3_600_000);

const SEED = Number(process.env["TLSLP_FUZZ_SEED"] ?? 20_261);
const CASES = Number(process.env["TLSLP_FUZZ_CASES"] ?? 600);
const AT_ONCE = 8;

const BITS = 4;
const TOKEN = "fixed-for-replay";
const ARG = "fixed-too";
const server = await startAttackedServer([
  ...["--bits", `${BITS}`, "--token", TOKEN, "--random-string", ARG, "--other-timeout", "20"],
  ...["--requests", "COUNTRY,EMAIL1"],
]);
const credentials = await makeCredentials();
afterAll(() => server[Symbol.asyncDispose]());

test(`our server survives ${CASES} clients from seed ${SEED} on`, async () => {
  await playAll(async (random) => {
    await playClient(random);
    await server.serveGoodClient();
  });

  await server.settle();
});

test(`our client survives ${CASES} servers from seed ${SEED} on`, async () => {
  await playServer(createRandom(0)); // what the first one leaves open for good is no leak
  const before = countDescriptors(process.pid);

  await playAll(playServer);

  expect(countDescriptors(process.pid)).toBeLessThanOrEqual(before + AT_ONCE);
});

type Ending = "stays" | "finishes" | "resets";
const ENDINGS: readonly [Ending, ...Ending[]] = ["stays", "stays", "finishes", "resets"];
const STEPS: readonly [string, ...string[]] = ["HELLO", "WORK", "COUNTRY", "EMAIL1", "DONE"];

/** Plays a client that answers one step wrongly; a failure names the bytes that it sent. */
async function playClient(random: Random): Promise<void> {
  const mutated = random.of(STEPS);
  const ending = random.of(ENDINGS);
  const peer = await connectPeer(server.credentials, server.port);
  let said: Buffer = Buffer.alloc(0);
  let judgement: Judgement = "ok";
  for (const step of STEPS) {
    const line = await peer.receive();
    const honest = Buffer.from(`${honestAnswer(line, TOKEN)}\n`);
    if (step !== mutated) {
      await peer.send(honest);
      continue;
    }
    said = mutate(honest, random);
    judgement = judgeAnswer(said, { keyword: step, token: TOKEN, arg: ARG, bits: BITS });
    await sayPieces(peer, said, random);
    leave(peer, judgement === "waiting" && ending === "stays" ? "finishes" : ending);
    if (judgement !== "ok" || ending !== "stays") {
      break;
    }
  }

  const last = ending === "resets" ? undefined : (await peer.receiveAll()).at(-1);
  const { outcome, reason } = await server.verdictOn(peer.address);

  const seen = { mutated, ending, said: said.toString("latin1"), judgement, outcome, reason, last };
  expect(clientOutcomes(judgement, ending, mutated), JSON.stringify(seen)).toContain(outcome);
  if (last?.startsWith("FAIL")) {
    expect(last).toBe(`FAIL ${reason}`);
    expect(last).toMatch(/^FAIL [^\p{C}\p{Zl}\p{Zp}]+$/u);
    expect(Buffer.byteLength(last)).toBeLessThan(200);
  } else {
    // A client that has left gets no FAIL.
    expect(outcome === "protocol" && ending === "stays", JSON.stringify(seen)).toBe(false);
  }
}

/** Returns the outcomes that the log may have. A client may be gone before its bytes are judged. */
function clientOutcomes(judgement: Judgement, ending: Ending, step: string): readonly string[] {
  const judged = { ok: "ok", protocol: "protocol", ahead: "protocol" } as const;
  if (
    judgement === "waiting" ||
    judgement === "refused" ||
    (judgement === "ok" && isLeaving(ending, step))
  ) {
    return ["transport"];
  }
  const mayBeGone = ending === "resets" || (ending === "finishes" && judgement === "ahead");
  return mayBeGone ? [judged[judgement], "transport"] : [judged[judgement]];
}

function isLeaving(ending: Ending, step: string): boolean {
  return ending !== "stays" && step !== "DONE";
}

/** Plays a server that sends one line wrongly. */
async function playServer(random: Random): Promise<void> {
  const lines = ["HELLO", `WORK ${TOKEN} ${BITS}`, `COUNTRY ${ARG}`, `EMAIL1 ${ARG}`, "DONE"];
  const mutated = random.below(lines.length);
  const ending = random.of(ENDINGS);
  const turns = lines.map((line): Buffer => Buffer.from(`${line}\n`));
  turns[mutated] = mutate(turns[mutated] ?? Buffer.alloc(0), random);
  // A peer that has left sends nothing more.
  const said = ending === "stays" ? turns : turns.slice(0, mutated + 1);
  const { judgement, answers } = judgeServer(said, BITS + 4);
  const heard: string[] = [];
  using server = servePeer(credentials, async (peer) => {
    for (const [index, turn] of said.slice(0, answers).entries()) {
      await sayPieces(peer, turn, random);
      if (index === mutated && ending !== "stays") {
        return leave(peer, ending);
      }
      heard.push(await peer.receive());
    }
    if (judgement !== "ok") {
      await sayPieces(peer, said[answers] ?? Buffer.alloc(0), random);
      leave(peer, judgement === "waiting" && ending === "stays" ? "finishes" : ending);
    }
  });
  const fault = await runOurClient(server.port);
  await server.served();

  const outcome = fault?.family ?? "ok";
  const shown = said[mutated]?.toString("latin1");
  const seen = {
    mutated,
    ending,
    said: shown,
    judgement,
    outcome,
    reason: fault?.message,
    heard,
  };
  expect(serverOutcomes(judgement, ending), JSON.stringify(seen)).toContain(outcome);
  if (ending === "stays") {
    expect(heard, JSON.stringify(seen)).toHaveLength(answers);
  }
}

/** Runs our client, with a search that needs no Worker; returns the fault that ended it. */
async function runOurClient(port: number): Promise<Fault | undefined> {
  const timeouts = { work: 20, other: 20 };
  const found = await findServer({
    ...{ host: LOOPBACK, ports: [port], pins: [], timeouts, signal: undefined },
    ...{ identity: credentials.client, trust: { authorities: credentials.authority.cert } },
    observe: () => undefined,
  });
  if ("fault" in found) {
    return found.fault;
  }
  const { channel, closed } = found.connected;
  const report = await holdClientConversation(channel, {
    answers: SAMPLE_ANSWERS,
    maxBits: BITS + 4,
    search: async (token, bits) => findSuffix(token, bits),
    timeouts,
  });
  await closed;
  return report.fault;
}

/** Returns the outcomes that our client may report. A server that left after DONE gets no OK. */
function serverOutcomes(judgement: Judgement, ending: Ending): readonly string[] {
  const judged = judgement === "waiting" ? "transport" : judgement;
  return ending === "resets" || (ending === "finishes" && judgement === "ok")
    ? [judged, "transport"]
    : [judged];
}

/** Sends more than one line in one record: if the rest came later, the outcome would differ. */
async function sayPieces(peer: HostilePeer, bytes: Buffer, random: Random): Promise<void> {
  const end = bytes.indexOf("\n");
  const isOneLine = end < 0 || end === bytes.length - 1;
  for (const piece of isOneLine ? pieces(bytes, random) : [bytes]) {
    await peer.send(piece);
  }
}

function leave(peer: HostilePeer, ending: Ending): void {
  if (ending === "finishes") {
    peer.finish();
  } else if (ending === "resets") {
    peer.reset();
  }
}

/** Plays every case, several at once, each from a seed of its own. */
async function playAll(play: (random: Random) => Promise<void>): Promise<void> {
  let next = 0;
  async function work(): Promise<void> {
    while (next < CASES) {
      const seed = SEED + next;
      next += 1;
      await play(createRandom(seed)).catch((cause: unknown) => {
        const replay = `TLSLP_FUZZ_SEED=${seed} TLSLP_FUZZ_CASES=1 bun test fuzz`;
        throw new Error(`${replay}\n${cause}`, { cause });
      });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

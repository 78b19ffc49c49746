/**
 * What a session costs the server beyond the TLS handshake that it begins with: processor time for
 * complete sessions (client certificates, 0 bits, eight requests), for bare handshakes of the same
 * runtime, and for handshakes and a session's bare lines, in turn. The server has one core, the
 * clients another.
 */
import { sendCrowd } from "./crowd.ts";
import { CLIENT_CORE, SERVER_CORE, type Served, serve, serveSessions } from "./process.ts";
import type { Outcome } from "./visitor.ts";

export interface SessionCost {
  /** Milliseconds of a server's processor time: for a handshake, with bare lines, for a session. */
  readonly handshake: number;
  readonly lines: number;
  readonly session: number;
  readonly perSecond: number;
  /** Milliseconds that half of the sessions, and 99 of 100, took at most. */
  readonly median: number;
  readonly p99: number;
}

const TOGETHER = 64;
/** So many until the compilers of the runtime have done what they do for a server that runs on. */
const WARM_UP = 10_000;

/** One figure for each round of so many handshakes and as many sessions. */
export async function measureSessionCost(folder: string, sessions: number, rounds: number) {
  const bareServer = [process.execPath, `${import.meta.dir}/bare-server.ts`, folder];
  await using bare = await serve(SERVER_CORE, [...bareServer, "handshake"]);
  await using plain = await serve(SERVER_CORE, [...bareServer, "lines"]);
  await using server = await serveSessions(folder, SERVER_CORE);
  await cost(folder, bare, WARM_UP, "handshake");
  await cost(folder, plain, WARM_UP, "done");
  await cost(folder, server, WARM_UP, "done");
  const costs: SessionCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { milliseconds: handshake } = await cost(folder, bare, sessions, "handshake");
    const { milliseconds: lines } = await cost(folder, plain, sessions, "done");
    const { milliseconds: session, report } = await cost(folder, server, sessions, "done");
    const { median, p99, seconds } = report;
    costs.push({ handshake, lines, session, perSecond: sessions / seconds, median, p99 });
  }
  return costs;
}

async function cost(folder: string, served: Served, sessions: number, expected: Outcome) {
  const before = served.cpu();
  const options = { sessions, together: TOGETHER, expected, hostileEvery: 0 };
  const report = await sendCrowd(CLIENT_CORE, folder, served.port, options);
  if (report.failed > 0) {
    throw new Error(`${report.failed} of ${sessions} ended otherwise than with ${expected}`);
  }
  return { report, milliseconds: ((served.cpu() - before) * 1000) / sessions };
}

/**
 * What a session costs the server beyond the TLS handshake that it begins with: processor time for
 * complete sessions (client certificates, 0 bits, eight requests), for bare handshakes of the same
 * runtime, and for handshakes and a session's bare lines, in turn. The server has one core, the
 * clients another.
 */

import type { Outcome } from "./client.ts";
import { type Crowd, type CrowdReport, gatherCrowd } from "./clients.ts";
import { CLIENT_CORE, SERVER_CORE, type Served, serve, serveSessions } from "./server-process.ts";

export interface SessionCost {
  /** Milliseconds of a server's processor time: for a handshake, with bare lines, for a session. */
  readonly handshake: number;
  readonly lines: number;
  readonly session: number;
  readonly perSecond: number;
  /** Milliseconds that half of the sessions, and 99 of 100, took at most; of the rounds' the middle. */
  readonly median: number;
  readonly p99: number;
}

const TOGETHER = 64;
/** So many until the compilers of the runtime have done what they do for a server that runs on. */
const WARM_UP = 10_000;

/** Rounds of so many handshakes and as many sessions, in turn: noise of the machine meets them all. */
export async function measureSessionCost(
  folder: string,
  sessions: number,
  rounds: number,
): Promise<SessionCost> {
  const bareServer = [process.execPath, `${import.meta.dir}/bare-server.ts`, folder];
  await using crowd = gatherCrowd(CLIENT_CORE, folder);
  await using bare = await serve(SERVER_CORE, [...bareServer, "handshake"]);
  await using plain = await serve(SERVER_CORE, [...bareServer, "lines"]);
  await using server = await serveSessions(folder, SERVER_CORE);
  const handshakes = await warmUp(crowd, bare, "handshake");
  const lines = await warmUp(crowd, plain, "done");
  const whole = await warmUp(crowd, server, "done");
  const reports: CrowdReport[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await handshakes.send(sessions);
    await lines.send(sessions);
    reports.push(await whole.send(sessions));
  }
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
  return {
    handshake: handshakes.cost(),
    lines: lines.cost(),
    session: whole.cost(),
    perSecond: (rounds * sessions) / seconds,
    median: middle(reports.map((report) => report.median)),
    p99: middle(reports.map((report) => report.p99)),
  };
}

async function warmUp(crowd: Crowd, { port, cpu }: Served, expected: Outcome) {
  async function send(sessions: number): Promise<CrowdReport> {
    const errand = { port, sessions, together: TOGETHER, expected, hostileEvery: 0 };
    const report = await crowd.send(errand);
    if (report.failed > 0) {
      throw new Error(`${report.failed} of ${sessions} ended otherwise than with ${expected}`);
    }
    served += sessions;
    return report;
  }

  let served = 0;
  await send(WARM_UP);
  const before = cpu();
  return {
    send,
    /** Milliseconds of processor time for each since then, with all that the server put off. */
    cost: () => ((cpu() - before) * 1000) / (served - WARM_UP),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

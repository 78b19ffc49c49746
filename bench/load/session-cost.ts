/**
 * What a session costs the server beyond its TLS handshake: processor time of complete sessions
 * (client certificates, 0 bits, eight requests), of bare handshakes in the same runtime, and of
 * handshakes followed by the lines of a session, in turn. The server has one core, the clients
 * another.
 */
import type { Outcome } from "./client.ts";
import { type BatchReport, type Clients, startClients } from "./clients.ts";
import {
  CLIENT_CORE,
  SERVER_CORE,
  type ServerProcess,
  startOnCore,
  startServer,
} from "./server-process.ts";

export interface SessionCost {
  /** Milliseconds of the server's processor time: a handshake, with bare lines, a session. */
  readonly handshake: number;
  readonly lines: number;
  readonly session: number;
  readonly perSecond: number;
  /** Durations of sessions in milliseconds: the median round's median and 99th percentile. */
  readonly median: number;
  readonly p99: number;
}

const TOGETHER = 64;
/** Sessions until the runtime's compilers have settled, as in a server that runs for long. */
const WARM_UP = 10_000;

/** Runs rounds of handshakes, lines and sessions in turn, so that noise affects all three alike. */
export async function measureSessionCost(
  folder: string,
  sessions: number,
  rounds: number,
): Promise<SessionCost> {
  const bareServer = [process.execPath, `${import.meta.dir}/bare-server.ts`, folder];
  await using clients = startClients(CLIENT_CORE, folder);
  await using handshakeServer = await startOnCore(SERVER_CORE, [...bareServer, "handshake"]);
  await using lineServer = await startOnCore(SERVER_CORE, [...bareServer, "lines"]);
  await using server = await startServer(folder, SERVER_CORE);
  const handshakes = await warmUp(clients, handshakeServer, "handshake");
  const lines = await warmUp(clients, lineServer, "done");
  const whole = await warmUp(clients, server, "done");
  const reports: BatchReport[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await handshakes.run(sessions);
    await lines.run(sessions);
    reports.push(await whole.run(sessions));
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

async function warmUp(clients: Clients, { port, cpu }: ServerProcess, expected: Outcome) {
  async function run(sessions: number): Promise<BatchReport> {
    const batch = { port, sessions, together: TOGETHER, expected, hostileEvery: 0 };
    const report = await clients.run(batch);
    if (report.failed > 0) {
      throw new Error(`${report.failed} of ${sessions} sessions did not end with "${expected}"`);
    }
    served += sessions;
    return report;
  }

  let served = 0;
  await run(WARM_UP);
  const before = cpu();
  return {
    run,
    /** Returns milliseconds of processor time per session since the warm-up. */
    cost: () => ((cpu() - before) * 1000) / (served - WARM_UP),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

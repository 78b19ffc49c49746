/**
 * Many clients that wait in WORK at the same time: how much memory each costs, how fast a new
 * client is served meanwhile, and whether all of them complete.
 */
import { type Outcome, runSession } from "./client.ts";
import { clientSettings } from "./clients.ts";
import { SERVER_CORE, startServer } from "./server-process.ts";

export interface WaitingReport {
  readonly sessions: number;
  /** Bytes of resident memory per session, over a warm server without sessions. */
  readonly bytes: number;
  /** Milliseconds of a new client's whole session, the slowest of some. */
  readonly newcomer: number;
  /** Sessions that did not complete. */
  readonly failed: number;
}

const WARM_UP = 1000;
const NEWCOMERS = 50;
/** Clients that connect at the same time. More would only wait for each other. */
const WAVE = 100;

export async function measureWaiting(folder: string, sessions: number): Promise<WaitingReport> {
  const flags = [`--max-sessions=${2 * sessions}`];
  await using server = await startServer(folder, SERVER_CORE, { flags });
  const target = { port: server.port, tls: clientSettings(folder) };
  for (let count = 0; count < WARM_UP; count += 1) {
    await runSession(target);
  }

  const idle = server.memory();
  const resumes: (() => void)[] = [];
  const outcomes: Promise<Outcome>[] = [];
  while (outcomes.length < sessions) {
    const wave = Array.from({ length: Math.min(WAVE, sessions - outcomes.length) }, () => {
      const waiting = Promise.withResolvers<void>();
      const outcome = runSession(target, (resume) => {
        resumes.push(resume);
        waiting.resolve();
      });
      outcomes.push(outcome);
      return Promise.race([waiting.promise, outcome]);
    });
    await Promise.all(wave);
  }
  const bytes = (server.memory() - idle) / sessions;

  let newcomer = 0;
  for (let count = 0; count < NEWCOMERS; count += 1) {
    const start = performance.now();
    await runSession(target);
    newcomer = Math.max(newcomer, performance.now() - start);
  }
  for (const resume of resumes) {
    resume();
  }
  const failed = (await Promise.all(outcomes)).filter((outcome) => outcome !== "done").length;
  return { sessions, bytes, newcomer, failed };
}

/**
 * Many clients that wait in WORK at the same time: what each costs in memory, how a newcomer is
 * served meanwhile, and whether all come to their end.
 */

import { type Outcome, visit } from "./client.ts";
import { clientSettings } from "./clients.ts";
import { SERVER_CORE, serveSessions } from "./server-process.ts";

export interface ParkedReport {
  readonly sessions: number;
  /** Bytes of resident memory for each, over the server that has served a few and has none. */
  readonly bytes: number;
  /** Milliseconds that a newcomer's whole session took, the slowest of some. */
  readonly newcomer: number;
  /** Sessions that did not end as they should. */
  readonly failed: number;
}

const WARM_UP = 1000;
const NEWCOMERS = 50;
/** More clients than this that connect at the same time only wait for each other. */
const WAVE = 100;

export async function measureParked(folder: string, sessions: number): Promise<ParkedReport> {
  const flags = [`--max-sessions=${2 * sessions}`];
  await using server = await serveSessions(folder, SERVER_CORE, flags);
  const target = { port: server.port, tls: clientSettings(folder) };
  for (let visits = 0; visits < WARM_UP; visits += 1) {
    await visit(target);
  }

  const idle = server.memory();
  const resumes: (() => void)[] = [];
  const outcomes: Promise<Outcome>[] = [];
  while (outcomes.length < sessions) {
    const wave = Array.from({ length: Math.min(WAVE, sessions - outcomes.length) }, () => {
      const parked = Promise.withResolvers<void>();
      const onParked = (resume: () => void) => {
        resumes.push(resume);
        parked.resolve();
      };
      const outcome = visit(target, onParked);
      outcomes.push(outcome);
      return Promise.race([parked.promise, outcome]);
    });
    await Promise.all(wave);
  }
  const bytes = (server.memory() - idle) / sessions;

  let newcomer = 0;
  for (let visits = 0; visits < NEWCOMERS; visits += 1) {
    const start = performance.now();
    await visit(target);
    newcomer = Math.max(newcomer, performance.now() - start);
  }
  for (const resume of resumes) {
    resume();
  }
  const failed = (await Promise.all(outcomes)).filter((outcome) => outcome !== "done").length;
  return { sessions, bytes, newcomer, failed };
}

/**
 * A long day in a few minutes: very many sessions, a fifth of them hostile. Memory and descriptors of
 * the server are looked at all the while.
 */
import { sendCrowd } from "./crowd.ts";
import { CLIENT_CORE, SERVER_CORE, serveSessions } from "./process.ts";

export interface SoakReport {
  readonly sessions: number;
  /** Good clients that were not served to the end. */
  readonly harmed: number;
  readonly seconds: number;
  /** Resident memory after each tenth, bytes. */
  readonly memory: readonly number[];
  /** Open descriptors before and after. */
  readonly descriptors: readonly [number, number];
}

const TENTHS = 10;
const TOGETHER = 64;
const HOSTILE_EVERY = 5;

export async function soak(folder: string, sessions: number): Promise<SoakReport> {
  await using server = await serveSessions(folder, SERVER_CORE);
  const options = { together: TOGETHER, expected: "done", hostileEvery: HOSTILE_EVERY } as const;
  const send = (count: number) =>
    sendCrowd(CLIENT_CORE, folder, server.port, { ...options, sessions: count });
  await send(sessions / 100);
  const before = server.descriptors();
  const memory: number[] = [];
  let harmed = 0;
  let seconds = 0;
  for (let tenth = 0; tenth < TENTHS; tenth += 1) {
    const report = await send(sessions / TENTHS);
    harmed += report.failed;
    seconds += report.seconds;
    memory.push(server.memory());
  }
  return { sessions, harmed, seconds, memory, descriptors: [before, server.descriptors()] };
}

/**
 * A long day in a few minutes: very many sessions, a fifth of them hostile. Reports the memory and
 * the descriptors of the server.
 */
import { startClients } from "./clients.ts";
import { CLIENT_CORE, SERVER_CORE, startServer } from "./server-process.ts";

export interface SoakReport {
  readonly sessions: number;
  /** Good clients whose session did not complete. */
  readonly harmed: number;
  readonly seconds: number;
  /** Resident memory after each tenth of the sessions, bytes. */
  readonly memory: readonly number[];
  /** The JavaScript heap within it, garbage included, bytes. */
  readonly heap: readonly number[];
  /** Open descriptors before and after. */
  readonly descriptors: readonly [number, number];
}

const TENTHS = 10;
const TOGETHER = 64;
const HOSTILE_EVERY = 5;

/** `store`: where answers are kept; default: nowhere. */
export async function soak(folder: string, sessions: number, store?: string): Promise<SoakReport> {
  const metrics = `127.0.0.1:${freePort()}`;
  await using server = await startServer(folder, SERVER_CORE, {
    ...(store === undefined ? {} : { store }),
    flags: [`--metrics=${metrics}`],
  });
  await using clients = startClients(CLIENT_CORE, folder);
  const { port } = server;
  const settings = {
    port,
    together: TOGETHER,
    expected: "done",
    hostileEvery: HOSTILE_EVERY,
  } as const;
  const run = (count: number) => clients.run({ ...settings, sessions: count });
  await run(sessions / 100);
  const before = server.descriptors();
  const memory: number[] = [];
  const heap: number[] = [];
  let harmed = 0;
  let seconds = 0;
  for (let tenth = 0; tenth < TENTHS; tenth += 1) {
    const report = await run(sessions / TENTHS);
    harmed += report.failed;
    seconds += report.seconds;
    memory.push(server.memory());
    heap.push(await readHeap(metrics));
  }
  await run(TOGETHER); // gives the last metrics connection time to close
  const descriptors = [before, server.descriptors()] as const;
  return { sessions, harmed, seconds, memory, heap, descriptors };
}

/** Returns a port that was free a moment ago. */
function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop();
  return listener.port;
}

async function readHeap(metrics: string): Promise<number> {
  const page = await fetch(`http://${metrics}/metrics`, { headers: { connection: "close" } });
  return Number(/^process_heap_bytes (\S+)$/m.exec(await page.text())?.[1]);
}

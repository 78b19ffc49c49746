/**
 * How many sessions per second servers with different stores hold: complete sessions with client
 * certificates, 0 bits and eight requests, in turns, so that noise affects all alike. The servers
 * have one core, the clients another; a database runs where it finds room.
 */
import { startClients } from "../load/clients.ts";
import { CLIENT_CORE, SERVER_CORE, startServer } from "../load/server-process.ts";

const TOGETHER = 64;
const ROUNDS = 15;
/** Sessions until the runtime's compilers have settled. */
const WARM_UP = 5000;

/** Measures each store, given by its URL; returns the sessions per second of its median round. */
export async function measureRates<K extends string>(
  folder: string,
  stores: Readonly<Record<K, string>>,
  sessions: number,
): Promise<Readonly<Record<K, number>>> {
  await using disposables = new AsyncDisposableStack();
  const clients = disposables.use(startClients(CLIENT_CORE, folder));
  const ports = new Map<K, number>();
  for (const name in stores) {
    const server = await startServer(folder, SERVER_CORE, { store: stores[name] });
    ports.set(name, disposables.use(server).port);
  }

  async function run(port: number, count: number): Promise<number> {
    const batch = { port, sessions: count, together: TOGETHER, hostileEvery: 0 } as const;
    const { failed, seconds } = await clients.run({ ...batch, expected: "done" });
    if (failed > 0) {
      throw new Error(`${failed} of ${count} sessions did not end with DONE`);
    }
    return count / seconds;
  }

  const rates = new Map<K, number[]>();
  for (const [name, port] of ports) {
    await run(port, WARM_UP);
    rates.set(name, []);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, port] of ports) {
      rates.get(name)?.push(await run(port, sessions));
    }
  }
  return Object.fromEntries(
    Array.from(rates, ([name, values]) => [name, median(values)]),
  ) as Record<K, number>;
}

function median(values: readonly number[]): number {
  return values.toSorted((some, other) => some - other)[Math.floor(values.length / 2)] ?? 0;
}

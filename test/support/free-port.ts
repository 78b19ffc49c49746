/**
 * Ports for programs that cannot choose one themselves.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const LOWEST = 10_000;
/** Where the system's own choice begins, if it does not say so. */
const USUAL_BEGIN = 32_768;

/**
 * Returns a port on which nothing listens. The system does not choose it for other servers and
 * connections, so that it stays free, also while its server starts again.
 */
export async function freePort(): Promise<number> {
  const begin = beginOfSystemsChoice();
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (begin - LOWEST));
    if (await isFree(port)) {
      return port;
    }
  }
}

function beginOfSystemsChoice(): number {
  try {
    const [begin] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "latin1").split(/\s/);
    return Math.max(Number(begin), 2 * LOWEST);
  } catch {
    return USUAL_BEGIN;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.on("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}

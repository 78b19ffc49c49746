/**
 * A process of many clients, pinned to one core, which runs batches of sessions against one server
 * after the other. It stays alive between batches, because clients of a process that has just
 * started are slow and the server would idle. Its argument is the certificates folder; it reads one
 * batch per line from stdin and writes one report per line to stdout, both as JSON.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, runSession } from "./client.ts";
import { ATTACKS, attackServer } from "./hostile-client.ts";
import { linesOf } from "./server-process.ts";

export interface Batch {
  readonly port: number;
  readonly sessions: number;
  /** How many run at the same time. */
  readonly together: number;
  readonly expected: Outcome;
  /** Every n-th client is hostile; 0 for none. */
  readonly hostileEvery: number;
}

export interface BatchReport {
  readonly sessions: number;
  /** Sessions with another outcome than expected. */
  readonly failed: number;
  readonly seconds: number;
  /** Durations of good sessions in milliseconds: the median and the 99th percentile. */
  readonly median: number;
  readonly p99: number;
}

export interface Clients extends AsyncDisposable {
  /** Runs one batch. Callers wait for its report before they run the next. */
  run(batch: Batch): Promise<BatchReport>;
}

/** Returns the TLS settings of a good client. */
export function clientSettings(folder: string): Bun.TLSOptions {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    ca: read("ca-cert.pem"),
    cert: read("client-cert.pem"),
    key: read("client-key.pem"),
    serverName: "localhost",
    rejectUnauthorized: true,
  };
}

/** Starts the process of clients on the given core. */
export function startClients(core: number, folder: string): Clients {
  const program = [process.execPath, import.meta.path, folder];
  const child = Bun.spawn(["taskset", "-c", String(core), ...program], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reports = linesOf(child.stdout);
  return {
    async run(batch) {
      child.stdin.write(`${JSON.stringify(batch)}\n`);
      await child.stdin.flush();
      const { value } = await reports.next();
      if (value === undefined) {
        throw new Error("the process of clients has ended");
      }
      return JSON.parse(value) as BatchReport;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function runBatch(tls: Bun.TLSOptions, batch: Batch): Promise<BatchReport> {
  const { port, sessions, together, expected, hostileEvery } = batch;
  const target = { port, tls };
  const times: number[] = [];
  let begun = 0;
  let failed = 0;
  async function runInTurn(): Promise<void> {
    while (begun < sessions) {
      begun += 1;
      if (hostileEvery > 0 && begun % hostileEvery === 0) {
        await attackServer(target, ATTACKS[(begun / hostileEvery) % ATTACKS.length]);
        continue;
      }
      const start = performance.now();
      const outcome = await runSession(target);
      times.push(performance.now() - start);
      failed += outcome === expected ? 0 : 1;
    }
  }
  const start = performance.now();
  await Promise.all(Array.from({ length: together }, runInTurn));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { sessions, failed, seconds, median: quantile(0.5), p99: quantile(0.99) };
}

if (import.meta.main) {
  const tls = clientSettings(process.argv[2] ?? ".");
  for await (const line of linesOf(Bun.stdin.stream())) {
    process.stdout.write(`${JSON.stringify(await runBatch(tls, JSON.parse(line)))}\n`);
  }
}

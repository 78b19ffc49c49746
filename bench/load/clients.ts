/**
 * Many clients in one process, which the load scripts start on a core of its own and send to one
 * server after the other: clients whose program has just begun to run would leave the server waiting.
 * Its argument is the folder of the certificates; each line of its input is an errand, each line of
 * its output the report of one, as JSON.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, visit } from "./client.ts";
import { disturb, MISCHIEFS } from "./hostile-client.ts";
import { linesOf } from "./server-process.ts";

/** What came of an errand. */
export interface CrowdReport {
  readonly sessions: number;
  /** Sessions that ended otherwise than they should. */
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds that half of the sessions, and 99 of 100, took at most. */
  readonly median: number;
  readonly p99: number;
}

export interface Errand {
  readonly port: number;
  readonly sessions: number;
  /** How many at once. */
  readonly together: number;
  readonly expected: Outcome;
  /** Every so many clients one is hostile; none with 0. */
  readonly hostileEvery: number;
}

export interface ConnectionLimits extends AsyncDisposable {
  /** One errand at a time. */
  send(errand: Errand): Promise<CrowdReport>;
}

/** TLS settings of a good client. */
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

/** Gathers a crowd in a process of its own on the given core. */
export function gatherCrowd(core: number, folder: string): ConnectionLimits {
  const program = [process.execPath, import.meta.path, folder];
  const child = Bun.spawn(["taskset", "-c", String(core), ...program], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reports = linesOf(child.stdout);
  return {
    async send(errand) {
      child.stdin.write(`${JSON.stringify(errand)}\n`);
      await child.stdin.flush();
      const { value } = await reports.next();
      if (value === undefined) {
        throw new Error("the crowd is gone");
      }
      return JSON.parse(value) as CrowdReport;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function hold(tls: Bun.TLSOptions, errand: Errand): Promise<CrowdReport> {
  const { port, sessions, together, expected, hostileEvery } = errand;
  const target = { port, tls };
  const times: number[] = [];
  let begun = 0;
  let failed = 0;
  async function holdOneAfterTheOther(): Promise<void> {
    while (begun < sessions) {
      begun += 1;
      if (hostileEvery > 0 && begun % hostileEvery === 0) {
        await disturb(target, MISCHIEFS[(begun / hostileEvery) % MISCHIEFS.length]);
        continue;
      }
      const start = performance.now();
      const outcome = await visit(target);
      times.push(performance.now() - start);
      failed += outcome === expected ? 0 : 1;
    }
  }
  const start = performance.now();
  await Promise.all(Array.from({ length: together }, holdOneAfterTheOther));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { sessions, failed, seconds, median: quantile(0.5), p99: quantile(0.99) };
}

if (import.meta.main) {
  const tls = clientSettings(process.argv[2] ?? ".");
  for await (const line of linesOf(Bun.stdin.stream())) {
    process.stdout.write(`${JSON.stringify(await hold(tls, JSON.parse(line)))}\n`);
  }
}

/**
 * Many clients in one process, which the load scripts start on a core of its own. Arguments: the
 * folder of the certificates, the port, how many sessions in all, how many at once, and the outcome
 * that each should have. Prints a report as JSON.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { disturb, MISCHIEFS } from "./mischief.ts";
import { type Outcome, type Target, visit } from "./visitor.ts";

/** What a crowd prints. */
export interface CrowdReport {
  readonly sessions: number;
  /** Sessions that ended otherwise than they should. */
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds that half of the sessions, and 99 of 100, took at most. */
  readonly median: number;
  readonly p99: number;
}

export interface CrowdOptions {
  readonly sessions: number;
  readonly together: number;
  readonly expected: Outcome;
  /** Every so many clients one is hostile; none with 0. */
  readonly hostileEvery: number;
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

/** Runs a crowd in a process of its own on the given core. */
export async function sendCrowd(
  core: number,
  folder: string,
  port: number,
  options: CrowdOptions,
): Promise<CrowdReport> {
  const program = [process.execPath, import.meta.path, folder, String(port)];
  const child = Bun.spawn(["taskset", "-c", String(core), ...program, JSON.stringify(options)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  return JSON.parse(await new Response(child.stdout).text()) as CrowdReport;
}

async function hold(target: Target, options: CrowdOptions): Promise<CrowdReport> {
  const { sessions, together, expected, hostileEvery } = options;
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
  const [folder = "", port, options = "{}"] = process.argv.slice(2);
  const target = { port: Number(port), tls: clientSettings(folder) };
  process.stdout.write(JSON.stringify(await hold(target, JSON.parse(options))));
  process.exit(0);
}

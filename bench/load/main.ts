/**
 * Puts the server under load and prints what it took, as a page: the figures of docs/performance.md.
 * Arguments: what to do ("cost", "parked", "soak"; default all), and how many sessions.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { EXECUTABLE } from "./server-process.ts";
import { measureSessionCost } from "./session-cost.ts";
import { soak } from "./soak.ts";
import { measureParked } from "./waiting-sessions.ts";

const ROUNDS = 31;

const SCENARIOS = {
  async cost(folder: string, sessions = 600) {
    const cost = await measureSessionCost(folder, sessions, ROUNDS);
    const { handshake, lines, session, perSecond, median, p99 } = cost;
    return [
      `processor time for a session: ${session.toFixed(2)} ms`,
      `for a bare handshake: ${handshake.toFixed(2)} ms; a session takes ${(session / handshake).toFixed(2)} times that`,
      `for a handshake and bare lines: ${lines.toFixed(2)} ms, ${(lines / handshake).toFixed(2)} times a handshake`,
      `sessions per second: ${perSecond.toFixed(0)}`,
      `64 at a time: half within ${median.toFixed(0)} ms, 99 % within ${p99.toFixed(0)} ms`,
    ];
  },
  async parked(folder: string, sessions = 10_000) {
    const { bytes, newcomer, failed } = await measureParked(folder, sessions);
    return [
      `${sessions} parked in WORK: ${(bytes / 1024).toFixed(1)} KiB each`,
      `a newcomer meanwhile: ${newcomer.toFixed(0)} ms at most`,
      `not completed afterwards: ${failed}`,
    ];
  },
  async soak(folder: string, sessions = 100_000) {
    const { harmed, seconds, memory, heap, descriptors } = await soak(folder, sessions);
    return [
      `${sessions} sessions, a fifth of them hostile, in ${seconds.toFixed(0)} s`,
      `good clients harmed: ${harmed}`,
      `resident memory after each tenth, MiB: ${inMebibytes(memory)}`,
      `of it JavaScript's heap: ${inMebibytes(heap)}`,
      `descriptors before and after: ${descriptors.join(" ")}`,
    ];
  },
};

function inMebibytes(sizes: readonly number[]): string {
  return sizes.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" ");
}

function isScenario(name: string): name is keyof typeof SCENARIOS {
  return name in SCENARIOS;
}

const [wanted, sessions] = process.argv.slice(2);
const names = Object.keys(SCENARIOS).filter((name) => wanted === undefined || name === wanted);
const folder = mkdtempSync(join(tmpdir(), "tlslp-load-"));
try {
  const made = Bun.spawnSync([EXECUTABLE, "certs", "--dir", join(folder, "certs")]);
  if (made.exitCode !== 0) {
    throw new Error(made.stderr.toString());
  }
  process.stdout.write(`${cpus()[0]?.model}, ${availableParallelism()} processors\n`);
  for (const name of names.filter(isScenario)) {
    const count = sessions === undefined ? undefined : Number(sessions);
    const lines = await SCENARIOS[name](join(folder, "certs"), count);
    process.stdout.write(`\n${lines.join("\n")}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Loads the server and prints the results; exits 1 when a session costs more than its budget.
 * Arguments: the scenario ("cost", "waiting", "soak"; default all), and the number of sessions.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { EXECUTABLE } from "./server-process.ts";
import { measureSessionCost } from "./session-cost.ts";
import { soak } from "./soak.ts";
import { measureWaiting } from "./waiting-sessions.ts";

const ROUNDS = 31;

/** The most processor time of a session, in bare handshakes. */
const BUDGET_HANDSHAKES = 1.8;

const SCENARIOS = {
  async cost(folder: string, sessions = 600) {
    const cost = await measureSessionCost(folder, sessions, ROUNDS);
    const { handshake, lines, session, perSecond, median, p99 } = cost;
    if (session / handshake > BUDGET_HANDSHAKES) {
      process.exitCode = 1;
    }
    return [
      `processor time for a session: ${session.toFixed(2)} ms`,
      `for a bare handshake: ${handshake.toFixed(2)} ms`,
      `a session in handshakes: ${(session / handshake).toFixed(2)} (budget ${BUDGET_HANDSHAKES})`,
      `a handshake and bare lines in handshakes: ${(lines / handshake).toFixed(2)}`,
      `sessions per second: ${perSecond.toFixed(0)}`,
      `64 at a time: half within ${median.toFixed(0)} ms, 99 % within ${p99.toFixed(0)} ms`,
    ];
  },
  async waiting(folder: string, sessions = 10_000) {
    const { bytes, newcomer, failed } = await measureWaiting(folder, sessions);
    return [
      `${sessions} sessions waiting in WORK: ${(bytes / 1024).toFixed(1)} KiB each`,
      `a new client meanwhile: ${newcomer.toFixed(0)} ms at most`,
      `not completed afterwards: ${failed}`,
    ];
  },
  async soak(folder: string, sessions = 100_000) {
    const { harmed, seconds, memory, heap, descriptors } = await soak(folder, sessions);
    return [
      `${sessions} sessions, a fifth of them hostile, in ${seconds.toFixed(0)} s`,
      `good clients harmed: ${harmed}`,
      `resident memory after each tenth, MiB: ${inMebibytes(memory)}`,
      `JavaScript heap within it, MiB: ${inMebibytes(heap)}`,
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

/**
 * Loads servers that keep answers and prints the results; exits 1 when that costs more than its
 * budget. Arguments: the scenario ("rate", "soak"; default both), and the number of sessions.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../test/support/postgres.ts";
import { EXECUTABLE } from "../load/server-process.ts";
import { soak } from "../load/soak.ts";
import { measureRates } from "./rates.ts";

const SCENARIOS = {
  async rate(folder: string, sessions = 600) {
    await using postgres = await startPostgres();
    const stores = {
      none: "none",
      SQLite: `sqlite:${join(folder, "intake.db")}`,
      PostgreSQL: await postgres.createPlace(),
    };
    const rates = await measureRates(folder, stores, sessions);
    const shares = {
      SQLite: rates.SQLite / rates.none,
      PostgreSQL: rates.PostgreSQL / rates.none,
    };
    if (shares.SQLite < 0.8 || shares.PostgreSQL < 0.6) {
      process.exitCode = 1;
    }
    return [
      `sessions per second without a store, 64 at a time: ${rates.none.toFixed(0)}`,
      `with SQLite: ${rates.SQLite.toFixed(0)}, ${shares.SQLite.toFixed(2)} of that without a store (budget 0.8)`,
      `with PostgreSQL: ${rates.PostgreSQL.toFixed(0)}, ${shares.PostgreSQL.toFixed(2)} of that without a store (budget 0.6)`,
    ];
  },
  async soak(folder: string, sessions = 100_000) {
    const store = `sqlite:${join(folder, "soak.db")}`;
    const { harmed, seconds, memory, heap } = await soak(folder, sessions, store);
    const inMebibytes = (sizes: readonly number[]) =>
      sizes.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" ");
    return [
      `${sessions} sessions with SQLite, a fifth of them hostile, in ${seconds.toFixed(0)} s`,
      `good clients harmed: ${harmed}`,
      `resident memory after each tenth, MiB: ${inMebibytes(memory)}`,
      `JavaScript heap within it, MiB: ${inMebibytes(heap)}`,
    ];
  },
};

const [wanted, sessions] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "tlslp-intake-"));
try {
  const certs = join(folder, "certs");
  const made = Bun.spawnSync([EXECUTABLE, "certs", "--dir", certs]);
  if (made.exitCode !== 0) {
    throw new Error(made.stderr.toString());
  }
  const load = loadavg().map((value) => value.toFixed(2));
  process.stdout.write(
    `${cpus()[0]?.model}, ${availableParallelism()} processors, load ${load.join(" ")}\n`,
  );
  for (const [name, measure] of Object.entries(SCENARIOS)) {
    if (wanted === undefined || wanted === name) {
      const count = sessions === undefined ? undefined : Number(sessions);
      process.stdout.write(`\n${(await measure(certs, count)).join("\n")}\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

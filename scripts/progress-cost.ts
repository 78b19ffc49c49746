/**
 * Runs a search on every processor, in a terminal of its own, in turn with the line that changes and
 * with --quiet, and prints how much processor time all threads that do not search take meanwhile.
 *
 *   bun scripts/progress-cost.ts EXECUTABLE
 */
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const [executable = "dist/tlslp"] = process.argv.slice(2);

const ROUNDS = 3;
/** Seconds: until the start is over, and how long is measured then. */
const [WARM_UP, WINDOW] = [3, 8];
const HOPELESS = ["solve", "token", "64"];

const processors = availableParallelism();
const costs = { line: [] as number[], quiet: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  costs.line.push(await measure([]));
  costs.quiet.push(await measure(["--quiet"]));
}
for (const [name, values] of Object.entries(costs)) {
  const cost = median(values);
  const share = (100 * cost) / 1000 / processors;
  process.stdout.write(
    `${name}: ${cost.toFixed(1)} ms of processor time a second, ${share.toFixed(2)} % of ${processors} processors\n`,
  );
}

/** Milliseconds of processor time a second, of all threads that do not search. */
async function measure(flags: readonly string[]): Promise<number> {
  const child = Bun.spawn([executable, ...HOPELESS, "--threads", String(processors), ...flags], {
    env: { TERM: "xterm" },
    terminal: { cols: 100, rows: 24, data: () => undefined },
  });
  try {
    await Bun.sleep(WARM_UP * 1000);
    const [before, begun] = [processorTimes(child.pid), performance.now()];
    await Bun.sleep(WINDOW * 1000);
    const [after, ended] = [processorTimes(child.pid), performance.now()];
    const spent = [...after].map(([thread, time]) => time - (before.get(thread) ?? 0));
    const others = spent.toSorted((a, b) => b - a).slice(processors);
    return others.reduce((sum, each) => sum + each, 0) / ((ended - begun) / 1000);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

/** Of each thread since it was started, in milliseconds. */
function processorTimes(pid: number): ReadonlyMap<string, number> {
  const tasks = `/proc/${pid}/task`;
  return new Map(
    readdirSync(tasks).map((thread) => {
      const [nanoseconds = ""] = readFileSync(`${tasks}/${thread}/schedstat`, "utf8").split(" ");
      return [thread, Number(nanoseconds) / 1e6];
    }),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Searches on every processor, in a terminal of its own, in turn with the line that changes and
 * without it, and prints what that takes: processor time of the threads that do not search, and the
 * rate of those that do, by their own processor time and by the clock.
 *
 *   bun bench/progress/measure.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createStatusLine } from "../../src/cli/progress.ts";
import { describeProgress } from "../../src/commands/search-progress.ts";
import { createControl } from "../../src/search/abi.ts";
import { startThread } from "../../src/search/thread.ts";
import type { SearchJob } from "../../src/search/worker.ts";

const [reportPath] = process.argv.slice(2);

const ROUNDS = 12;
/** Seconds: until the start is over, until a change has settled, and how long is measured then. */
const [WARM_UP, SETTLING, WINDOW] = [2, 0.2, 1.5];
/** Milliseconds. */
const INTERVAL = 100;
const HOPELESS = 64;

const threads = availableParallelism();

if (reportPath === undefined) {
  const path = join(tmpdir(), `tlslp-progress-cost-${process.pid}`);
  const child = Bun.spawn([process.execPath, import.meta.path, path], {
    terminal: { cols: 100, rows: 24, data: () => undefined },
  });
  await child.exited;
  const file = Bun.file(path);
  process.stdout.write(await file.text());
  await file.delete();
} else {
  writeFileSync(reportPath, await measure());
  process.exit(0); // nothing else ends the search
}

interface Sample {
  /** Milliseconds of processor time a second, of all threads that do not search. */
  readonly others: number;
  /** Millions of candidates for a second of processor time of those that do. */
  readonly efficiency: number;
  /** Millions of candidates a second, by the clock. */
  readonly rate: number;
}

async function measure(): Promise<string> {
  const { attempts } = await startSearch();
  const begun = performance.now();
  const line = createStatusLine("xterm");
  const show = () => {
    const seconds = (performance.now() - begun) / 1000;
    line?.show(describeProgress(HOPELESS, { attempts: attempts(), seconds }));
  };

  async function sample(withLine: boolean): Promise<Sample> {
    const timer = withLine ? setInterval(show, INTERVAL) : undefined;
    await Bun.sleep(SETTLING * 1000);
    const before = { attempts: attempts(), ...processorTimes(), clock: performance.now() };
    await Bun.sleep(WINDOW * 1000);
    const after = { attempts: attempts(), ...processorTimes(), clock: performance.now() };
    clearInterval(timer);
    const millions = (after.attempts - before.attempts) / 1e6;
    const seconds = (after.clock - before.clock) / 1000;
    return {
      others: (after.others - before.others) / seconds,
      efficiency: millions / ((after.searchers - before.searchers) / 1000),
      rate: millions / seconds,
    };
  }

  await Bun.sleep(WARM_UP * 1000);
  const pairs: [Sample, Sample][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    pairs.push([await sample(true), await sample(false)]);
  }
  line?.end();
  const beside = (which: 0 | 1) => describe(pairs.map((pair) => pair[which].others));
  const ratio = (of: "efficiency" | "rate") =>
    describe(pairs.map(([shown, quiet]) => (100 * shown[of]) / quiet[of]));
  return [
    `processor time beside the search, ms a second: ${beside(0)} with the line, ${beside(1)} without`,
    `rate with the line by the search's own processor time: ${ratio("efficiency")} % of that without`,
    `rate with the line by the clock: ${ratio("rate")} % of that without`,
  ]
    .map((text) => `${text}\n`)
    .join("");
}

async function startSearch() {
  const { memory, attempts } = createControl(threads);
  const shard = { index: 1, count: 1 };
  const task = {
    token: "token",
    bits: HOPELESS,
    threads,
    maxSuffix: 128,
    shard,
    start: 0n,
    limit: 0,
  };
  const kind = "search";
  const job: SearchJob = { kind, task, withinQuota: false, kernel: "auto", control: memory };
  await new Promise<void>((resolve, reject) => startThread(job, () => resolve(), reject));
  return { attempts };
}

/** Of this process so far, in milliseconds; who searches is busiest. */
function processorTimes() {
  const tasks = "/proc/self/task";
  const times = readdirSync(tasks)
    .map((thread) => {
      const [nanoseconds = ""] = readFileSync(`${tasks}/${thread}/schedstat`, "utf8").split(" ");
      return Number(nanoseconds) / 1e6;
    })
    .toSorted((a, b) => b - a);
  return { searchers: sum(times.slice(0, threads)), others: sum(times.slice(threads)) };
}

/** The mean, and its standard error. */
function describe(values: readonly number[]): string {
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance / values.length).toFixed(1)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

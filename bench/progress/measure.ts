/**
 * Measures the cost of the live progress line. Searches on every processor in a terminal of its
 * own, in turn with and without the line, and prints the processor time of the threads that do not
 * search, and the rate of those that do, per second of their processor time and of wall time.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createStatusLine } from "../../src/cli/progress.ts";
import { describeProgress } from "../../src/commands/search-progress.ts";
import { createControl } from "../../src/search/abi.ts";
import { type SearchJob, startThread } from "../../src/search/job.ts";
import type { Bits, Word } from "../../src/wire/message.ts";

const [reportPath] = process.argv.slice(2);

const ROUNDS = 12;
/** Seconds: after the start, after each change, and of each sample. */
const [WARM_UP, SETTLING, WINDOW] = [2, 0.2, 1.5];
/** Milliseconds between two updates of the line. */
const INTERVAL = 100;
/** With this many bits the search never ends. */
const BITS = 64;

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
  process.exit(0); // the search would not end by itself
}

interface Sample {
  /** Milliseconds of processor time per second, of all threads that do not search. */
  readonly others: number;
  /** Millions of candidates per second of processor time of the threads that search. */
  readonly efficiency: number;
  /** Millions of candidates per second of wall time. */
  readonly rate: number;
}

async function measure(): Promise<string> {
  const { attempts } = await startSearch();
  const begun = performance.now();
  const line = await createStatusLine("xterm");
  const show = () => {
    const seconds = (performance.now() - begun) / 1000;
    line?.show(describeProgress(BITS, { attempts: attempts(), seconds }));
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
      efficiency: millions / ((after.searching - before.searching) / 1000),
      rate: millions / seconds,
    };
  }

  await Bun.sleep(WARM_UP * 1000);
  const pairs: [Sample, Sample][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    pairs.push([await sample(true), await sample(false)]);
  }
  line?.end();
  const others = (which: 0 | 1) => meanAndError(pairs.map((pair) => pair[which].others));
  const percent = (figure: "efficiency" | "rate") =>
    meanAndError(pairs.map(([withLine, without]) => (100 * withLine[figure]) / without[figure]));
  return [
    `processor time of other threads, ms per second: ${others(0)} with the line, ${others(1)} without`,
    `rate with the line, by processor time of the search: ${percent("efficiency")} % of that without`,
    `rate with the line, by wall time: ${percent("rate")} % of that without`,
  ]
    .map((text) => `${text}\n`)
    .join("");
}

async function startSearch() {
  const { memory, attempts } = createControl(threads);
  const shard = { index: 1, count: 1 };
  const task = {
    token: "token" as Word,
    bits: BITS as Bits,
    threads,
    maxSuffix: 128,
    shard,
    start: 0n,
    limit: 0,
  };
  const kind = "search";
  const job: SearchJob = { kind, task, mayUseFewerThreads: false, kernel: "auto", control: memory };
  await new Promise<void>((resolve, reject) => startThread(job, () => resolve(), reject));
  return { attempts };
}

/** Returns milliseconds used so far by the threads of this process; searching ones are busiest. */
function processorTimes() {
  const tasks = "/proc/self/task";
  const times = readdirSync(tasks)
    .map((thread) => {
      const [nanoseconds = ""] = readFileSync(`${tasks}/${thread}/schedstat`, "utf8").split(" ");
      return Number(nanoseconds) / 1e6;
    })
    .toSorted((a, b) => b - a);
  return { searching: sum(times.slice(0, threads)), others: sum(times.slice(threads)) };
}

/** Formats the mean and its standard error. */
function meanAndError(values: readonly number[]): string {
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance / values.length).toFixed(1)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

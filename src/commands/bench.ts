/**
 * `tlslp bench`
 */
import { type FlagValues, readWhole, switchFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import { jsonLine } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { Fault } from "../fault/fault.ts";
import { randomWord } from "../puzzle/word.ts";
import type { Survey } from "../search/job.ts";
import { requireKernel } from "../search/kernels.ts";
import { type SolveOptions, solve } from "../search/solve.ts";
import { surveyKernels } from "../search/survey.ts";
import { roundToMicroseconds, roundToNanoseconds } from "../seconds.ts";
import { MAX_BITS } from "../wire/message.ts";
import { type BenchProgress, createBenchProgress } from "./bench-progress.ts";
import { type BenchRow, renderPlot, renderRows, renderSurvey } from "./bench-table.ts";
import type { BenchResult, KernelsResult } from "./result-schemas.ts";
import { printSearchWarnings, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

const TOKEN_LENGTH = 64;
const DEFAULT_BITS: readonly number[] = [16, 20, 24, 28];
const DEFAULT_RUNS = 100;

const FLAGS = {
  ...SEARCH_FLAGS,
  bits: valueFlag(
    {
      name: "bits",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: DEFAULT_BITS.join(","),
      help: "the difficulties to measure",
    },
    (text, setting) => text.split(",").map((bits) => readWhole(bits, setting, 0, MAX_BITS)),
  ),
  runs: wholeFlag({
    name: "runs",
    placeholder: "N",
    fallback: undefined,
    shownDefault: String(DEFAULT_RUNS),
    least: 1,
    most: 1_000_000,
    help: "how many puzzles of each difficulty",
  }),
  kernels: switchFlag({ name: "kernels", help: "measure each search kernel instead" }),
  json: switchFlag({ name: "json", help: "print one JSON object instead" }),
  plot: switchFlag({ name: "plot", help: "draw the average times too" }),
} as const;

type BenchFlags = FlagValues<typeof FLAGS>;

export const benchCommand = createCommand({
  meta: { name: "bench", description: "measure how fast this machine solves puzzles" },
  positionals: [],
  flags: FLAGS,
  examples: [
    { command: "tlslp bench --bits 16,20 --runs 20", shows: "a quick look" },
    { command: "tlslp bench --kernels", shows: "the search kernels of this processor" },
  ],
  async run({ flags }, { signal, print }) {
    requireEffect(flags);
    if (flags.kernels) {
      const survey = await surveyKernels({
        ...searchOptions(flags),
        ...printSearchWarnings(),
        signal,
      });
      await print(flags.json ? jsonLine(toKernelsResult(survey)) : renderSurvey(survey));
      return;
    }
    await requireKernel(flags.kernel);
    const rows = await measureAll(flags, signal);
    if (flags.json) {
      await print(jsonLine(toBenchResult(rows)));
      return;
    }
    await print(renderRows(rows));
    if (flags.plot) {
      await print(`\n${renderPlot(rows, process.stdout.columns || 80)}`);
    }
  },
});

/** Refuses flags that would have no effect. */
function requireEffect({ kernels, kernel, maxSuffix, bits, runs, json, plot }: BenchFlags): void {
  if (json && plot) {
    throw new Fault("exclusive", { settings: ["json", "plot"], reason: "noDrawing" });
  }
  const aboutPuzzles = {
    bits: bits !== undefined,
    runs: runs !== undefined,
    plot,
    kernel: kernel !== SEARCH_FLAGS.kernel.fallback,
    maxSuffix: maxSuffix !== SEARCH_FLAGS.maxSuffix.fallback,
  };
  const [idle] = Object.entries(aboutPuzzles).find(([, isGiven]) => isGiven) ?? [];
  if (kernels && idle !== undefined) {
    throw new Fault("exclusive", { settings: ["kernels", idle], reason: "noPuzzles" });
  }
}

async function measureAll(flags: BenchFlags, signal: AbortSignal): Promise<readonly BenchRow[]> {
  const { bits: difficulties = DEFAULT_BITS, runs = DEFAULT_RUNS } = flags;
  const progress = await createBenchProgress(difficulties, runs, process.env["TERM"]);
  const options = { ...searchOptions(flags), ...printSearchWarnings(), signal };
  const rows: BenchRow[] = [];
  try {
    for (const bits of difficulties) {
      rows.push(await measure(bits, runs, options, progress));
    }
    return rows;
  } finally {
    progress.end();
  }
}

async function measure(
  bits: number,
  runs: number,
  options: SolveOptions,
  { onProgress, onSolved }: BenchProgress,
): Promise<BenchRow> {
  let total = 0;
  let attempts = 0;
  for (let run = 0; run < runs; run += 1) {
    const solution = await solve(randomWord(TOKEN_LENGTH), bits, { ...options, onProgress });
    onSolved(solution);
    total += solution.seconds;
    attempts += solution.attempts;
  }
  return { bits, runs, total, average: total / runs, expected: (2 ** bits * total) / attempts };
}

function toBenchResult(rows: readonly BenchRow[]): BenchResult {
  return {
    rows: rows.map(({ bits, runs, total, average, expected }) => ({
      n_bits: bits,
      runs,
      total: roundToMicroseconds(total),
      average: roundToNanoseconds(average),
      expected: roundToNanoseconds(expected),
    })),
  };
}

function toKernelsResult({ threads, kernels, auto }: Survey): KernelsResult {
  const rates = kernels.map(({ name, single, all }) => ({
    name,
    hashes_per_second: Math.round(single),
    hashes_per_second_all_threads: Math.round(all),
  }));
  return { threads, auto, kernels: rates };
}

/**
 * `tlslp bench`
 */
import { defineCommand } from "../cli/command.ts";
import { readWhole, switchFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import { Fault } from "../fault.ts";
import { randomWord } from "../puzzle/word.ts";
import { requireKernel } from "../search/kernels.ts";
import { type SolveOptions, solve } from "../search/solve.ts";
import { type Survey, surveyKernels } from "../search/survey.ts";
import { MAX_BITS } from "../wire/message.ts";
import { type BenchProgress, createBenchProgress } from "./bench-progress.ts";
import { type BenchRow, renderPlot, renderRows, renderSurvey } from "./bench-table.ts";
import { jsonLine, NANOSECONDS, roundSeconds } from "./json.ts";
import type { BenchResult, KernelsResult } from "./result-schemas.ts";
import { SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

const TOKEN_LENGTH = 64;
const DEFAULT_BITS: readonly number[] = [16, 20, 24, 28];

export const benchCommand = defineCommand({
  name: "bench",
  summary: "measure how fast this machine solves puzzles",
  positionals: [],
  flags: {
    ...SEARCH_FLAGS,
    bits: valueFlag(
      {
        name: "bits",
        placeholder: "LIST",
        fallback: DEFAULT_BITS,
        shownDefault: DEFAULT_BITS.join(","),
        help: "the difficulties to measure",
      },
      (text) => text.split(",").map((bits) => readWhole(bits, 0, MAX_BITS)),
    ),
    runs: wholeFlag({
      name: "runs",
      placeholder: "N",
      fallback: 100,
      least: 1,
      most: 1_000_000,
      help: "how many puzzles of each difficulty",
    }),
    kernels: switchFlag({ name: "kernels", help: "measure each search kernel instead" }),
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
    plot: switchFlag({ name: "plot", help: "draw the average times too" }),
  },
  examples: [
    { command: "tlslp bench --bits 16,20 --runs 20", shows: "a quick look" },
    { command: "tlslp bench --kernels", shows: "what this processor can do" },
  ],
  async run({ flags }, { signal, print }) {
    if (flags.kernels) {
      if (flags.plot) {
        throw new Fault("usage", "--plot draws times, and --kernels measures none");
      }
      const survey = await surveyKernels(flags.threads);
      signal.throwIfAborted();
      print(flags.json ? jsonLine(surveyJson(survey)) : renderSurvey(survey));
      return;
    }
    await requireKernel(flags.kernel);
    const puzzles = flags.bits.flatMap((bits) => Array<number>(flags.runs).fill(bits));
    const progress = createBenchProgress(puzzles, process.env["TERM"]);
    const rows: BenchRow[] = [];
    try {
      for (const bits of flags.bits) {
        const options = { ...searchOptions(flags), signal };
        rows.push(await measure(bits, flags.runs, options, progress));
      }
    } finally {
      progress.end();
    }
    if (flags.json) {
      print(jsonLine(rowsJson(rows)));
      return;
    }
    print(renderRows(rows));
    if (flags.plot) {
      print(`\n${renderPlot(rows, process.stdout.columns || 80)}`);
    }
  },
});

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

function rowsJson(rows: readonly BenchRow[]): BenchResult {
  return {
    rows: rows.map(({ bits, runs, total, average, expected }) => ({
      n_bits: bits,
      runs,
      total: roundSeconds(total),
      average: roundSeconds(average, NANOSECONDS),
      expected: roundSeconds(expected, NANOSECONDS),
    })),
  };
}

function surveyJson({ threads, kernels, auto }: Survey): KernelsResult {
  const rates = kernels.map(({ name, single, all }) => ({
    name,
    hashes_per_second: Math.round(single),
    hashes_per_second_all_threads: Math.round(all),
  }));
  return { threads, auto, kernels: rates };
}

/**
 * `tlslp solve <token> <bits>`
 */
import { readWhole, secondsFlag, switchFlag, valueFlag } from "../cli/flag.ts";
import { jsonLine, printNote } from "../cli/output.ts";
import { createStatusLine, type StatusLine } from "../cli/progress.ts";
import { createCommand } from "../cli/run.ts";
import { Fault } from "../fault/fault.ts";
import type { Forecast } from "../puzzle/forecast.ts";
import { MAX_SHARDS } from "../search/abi.ts";
import { type Progress, type Solution, solve } from "../search/solve.ts";
import { roundToMicroseconds } from "../seconds.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";
import type { SolveResult } from "./result-schemas.ts";
import { printSearchWarnings, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";
import { describeDoubt, describeForecast, watchSearch } from "./search-progress.ts";

/** In seconds: a shorter search is over before its forecast can be read. */
const WORTH_A_FORECAST = 0.5;

export const solveCommand = createCommand({
  meta: {
    name: "solve",
    description: "find a suffix that makes SHA256(token + suffix) end in zero bits",
  },
  positionals: [TOKEN, BITS],
  flags: {
    ...SEARCH_FLAGS,
    timeout: secondsFlag({
      name: "timeout",
      fallback: undefined,
      shownDefault: "none",
      help: "give up after this long",
    }),
    shard: valueFlag(
      {
        name: "shard",
        placeholder: "I/N",
        fallback: { index: 1, count: 1 },
        shownDefault: "1/1",
        help: "search only the I-th of N disjoint parts of the keyspace",
      },
      readShard,
    ),
    json: switchFlag({ name: "json", help: "print one JSON object instead" }),
    quiet: switchFlag({ name: "quiet", help: "no progress, and no forecast" }),
  },
  examples: [
    { command: "tlslp solve gkcjcibIFynKssuJnJpSrgva 24", shows: "about 2^24 attempts" },
    {
      command: "tlslp solve --timeout 60 --json -- -token 32",
      shows: "a token that starts with a dash",
    },
  ],
  async run({ flags, positionals: [token, bits] }, { signal, print }) {
    const { timeout, shard } = flags;
    const progress = flags.quiet ? undefined : createProgress(bits, timeout);
    const search = solve(token, bits, {
      ...searchOptions(flags),
      ...printSearchWarnings(),
      timeout,
      shard,
      signal,
      onProgress: progress?.onProgress,
    });
    // The terminal is looked at while the search's thread starts, which takes longer.
    const [solution] = await Promise.all([search, progress?.start()]).finally(progress?.end);
    await print(flags.json ? jsonLine(toSolveResult(solution)) : `RESULT:${solution.suffix}\n`);
  },
});

/** Shows the search's forecast and progress on stderr, once it was started. */
function createProgress(bits: number, timeout: number | undefined) {
  let line: StatusLine | undefined;
  let show: ((progress: Progress) => void) | undefined;

  function onForecast(forecast: Forecast): void {
    if (forecast.seconds >= WORTH_A_FORECAST) {
      line?.note(describeForecast(forecast));
      const doubt = describeDoubt(forecast, timeout);
      if (doubt !== undefined) {
        line?.note(doubt);
      }
    }
  }

  return {
    async start() {
      line = await createStatusLine(process.env["TERM"]);
      show = watchSearch(bits, line, {
        onForecast,
        onStillGoing: (parts) => printNote(`tlslp: ${bits} bits: ${parts.join(", ")}\n`),
      });
    },
    onProgress: (progress: Progress) => show?.(progress),
    end: () => line?.end(),
  };
}

function readShard(value: string, setting: string) {
  const [index = "", count = "", ...rest] = value.split("/");
  if (rest.length > 0 || count === "") {
    throw new Fault("notShard", { setting, value });
  }
  const parts = readWhole(count, setting, 1, MAX_SHARDS);
  return { index: readWhole(index, setting, 1, parts), count: parts };
}

function toSolveResult(solution: Solution): SolveResult {
  const { seconds, hashesPerSecond, kernel, threads, ...puzzle } = solution;
  return {
    ...puzzle,
    seconds: roundToMicroseconds(seconds),
    hashes_per_second: Math.round(hashesPerSecond),
    kernel,
    threads,
  };
}

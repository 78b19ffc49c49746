/**
 * `tlslp solve <token> <bits>`
 */
import { defineCommand } from "../cli/command.ts";
import { readWhole, refuse, secondsFlag, switchFlag, valueFlag } from "../cli/flag.ts";
import { warn } from "../cli/output.ts";
import { createStatusLine } from "../cli/progress.ts";
import { MAX_SHARDS } from "../search/limits.ts";
import { type Solution, solve } from "../search/solve.ts";
import { jsonLine, roundSeconds } from "./json.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";
import type { SolveResult } from "./result-schemas.ts";
import { nameKernelFlag, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";
import { describeDoubt, describeForecast, watchSearch } from "./search-progress.ts";

/** Nobody needs to be told what to expect of a search that is over before it is read, in seconds. */
const WORTH_A_FORECAST = 0.5;

export const solveCommand = defineCommand({
  name: "solve",
  summary: "find a suffix so that SHA256(token + suffix) ends with <bits> zero bits",
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
      shows: "a token that begins with a dash",
    },
  ],
  async run({ flags, positionals: [token, bits] }, { signal, print }) {
    const { timeout, shard } = flags;
    const teller = flags.quiet ? undefined : createTeller(bits, timeout);
    const solution = await solve(token, bits, {
      ...searchOptions(flags),
      shard,
      signal,
      ...(timeout === undefined ? {} : { timeout }),
      ...(teller === undefined ? {} : { onProgress: teller.onProgress }),
    })
      .finally(() => teller?.end())
      .catch(nameKernelFlag);
    await print(flags.json ? jsonLine(toJson(solution)) : `RESULT:${solution.suffix}\n`);
  },
});

/** Tells of the search on stderr. */
function createTeller(bits: number, timeout: number | undefined) {
  const line = createStatusLine(process.env["TERM"]);
  const onProgress = watchSearch(bits, line, {
    onForecast: (forecast) => {
      if (forecast.seconds >= WORTH_A_FORECAST) {
        const doubt = timeout === undefined ? undefined : describeDoubt(forecast, timeout);
        line?.note(
          [describeForecast(forecast), ...(doubt === undefined ? [] : [doubt])].join("\n"),
        );
      }
    },
    onStillGoing: (parts) => warn(`tlslp: ${bits} bits: ${parts.join(", ")}\n`),
  });
  return { onProgress, end: () => line?.end() };
}

function readShard(text: string) {
  const [index = "", count = "", ...rest] = text.split("/");
  if (rest.length > 0 || count === "") {
    return refuse(text, "is not of the form I/N");
  }
  const parts = readWhole(count, 1, MAX_SHARDS);
  return { index: readWhole(index, 1, parts), count: parts };
}

function toJson({ hashesPerSecond, ...solution }: Solution): SolveResult {
  const { token, bits, suffix, digest, attempts, seconds, kernel, threads } = solution;
  return {
    token,
    bits,
    suffix,
    digest,
    attempts,
    seconds: roundSeconds(seconds),
    hashes_per_second: Math.round(hashesPerSecond),
    kernel,
    threads,
  };
}

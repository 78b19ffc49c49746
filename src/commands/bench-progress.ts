/**
 * The progress of a benchmark.
 */
import { printNote } from "../cli/output.ts";
import { createStatusLine } from "../cli/progress.ts";
import { formatDuration } from "../cli/quantity.ts";
import type { Progress } from "../search/solve.ts";
import { secondsSince } from "../seconds.ts";
import { createPace, describeProgress, LINE_INTERVAL } from "./search-progress.ts";

export interface BenchProgress {
  /** Reports the progress of the current puzzle. */
  onProgress(progress: Progress): void;
  /** Reports that the current puzzle is solved. */
  onSolved(progress: Progress): void;
  end(): void;
}

/** Between two changes of the line on a terminal, in seconds. */
const CHANGE_INTERVAL = 0.1;

/** Shows the progress on stderr. The puzzles come one difficulty after the other. */
export async function createBenchProgress(
  difficulties: readonly number[],
  runs: number,
  term: string | undefined,
): Promise<BenchProgress> {
  const puzzles = difficulties.length * runs;
  const line = await createStatusLine(term);
  const isDue = createPace(line === undefined ? LINE_INTERVAL : CHANGE_INTERVAL);
  const start = performance.now();
  let solved = 0;
  let rest = difficulties.reduce((sum, bits) => sum + runs * 2 ** bits, 0);
  let before: Progress = { attempts: 0, seconds: 0 };

  function difficultyAt(puzzle: number): number | undefined {
    return difficulties[Math.floor(puzzle / runs)];
  }

  function show(current: Progress): void {
    const elapsed = secondsSince(start);
    const difficulty = difficultyAt(solved);
    if (difficulty === undefined || !isDue(elapsed)) {
      return;
    }
    const searched = before.seconds + current.seconds;
    const rate = (before.attempts + current.attempts) / searched;
    // Starting a search takes time too, and for small puzzles most of the time.
    const overhead = solved === 0 ? 0 : Math.max(0, elapsed - searched) / solved;
    const left = rest / rate + overhead * (puzzles - solved);
    const [tried = "", speed = "", chance = ""] = describeProgress(difficulty, current);
    const parts = [
      `${difficulty} bits`,
      `puzzle ${solved + 1} of ${puzzles}`,
      ...(rate > 0 ? [`about ${formatDuration(left)} to go in all`] : []),
      speed,
      tried,
      chance,
    ];
    if (line === undefined) {
      printNote(`tlslp: ${parts.join(", ")}\n`);
    } else {
      line.show(parts);
    }
  }

  return {
    onProgress: show,
    onSolved(progress) {
      rest -= 2 ** (difficultyAt(solved) ?? 0);
      solved += 1;
      before = {
        attempts: before.attempts + progress.attempts,
        seconds: before.seconds + progress.seconds,
      };
      show({ attempts: 0, seconds: 0 });
    },
    end: () => line?.end(),
  };
}

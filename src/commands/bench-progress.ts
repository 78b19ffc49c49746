/**
 * What is told of a benchmark while it runs.
 */

import { warn } from "../cli/output.ts";
import { createStatusLine } from "../cli/progress.ts";
import { formatDuration } from "../cli/quantity.ts";
import type { Progress } from "../search/solve.ts";
import { createPace, describeProgress } from "./search-progress.ts";

export interface BenchProgress {
  /** How the search for the puzzle at hand is going. */
  onProgress(progress: Progress): void;
  /** The puzzle at hand is solved. */
  onSolved(progress: Progress): void;
  end(): void;
}

/** On a terminal, between two changes, in seconds; elsewhere, between two lines. */
const CHANGE_INTERVAL = 0.1;
const LINE_INTERVAL = 30;

/** @param bits the difficulty of each puzzle, in their order */
export function createBenchProgress(
  bits: readonly number[],
  term: string | undefined,
): BenchProgress {
  const line = createStatusLine(term);
  const isDue = createPace(line === undefined ? LINE_INTERVAL : CHANGE_INTERVAL);
  const begun = performance.now();
  let solved = 0;
  let rest = bits.reduce((sum, each) => sum + 2 ** each, 0);
  let before: Progress = { attempts: 0, seconds: 0 };

  function tell(current: Progress): void {
    const elapsed = (performance.now() - begun) / 1000;
    const difficulty = bits[solved];
    if (difficulty === undefined || !isDue(elapsed)) {
      return;
    }
    const searched = before.seconds + current.seconds;
    const rate = (before.attempts + current.attempts) / searched;
    // Starting a search takes time too, and for small puzzles most of it.
    const overhead = solved === 0 ? 0 : Math.max(0, elapsed - searched) / solved;
    const left = rest / rate + overhead * (bits.length - solved);
    const [tried = "", speed = "", chance = ""] = describeProgress(difficulty, current);
    const parts = [
      `${difficulty} bits`,
      `puzzle ${solved + 1} of ${bits.length}`,
      ...(rate > 0 ? [`about ${formatDuration(left)} to go in all`] : []),
      speed,
      tried,
      chance,
    ];
    if (line === undefined) {
      warn(`tlslp: ${parts.join(", ")}\n`);
    } else {
      line.show(parts);
    }
  }

  return {
    onProgress: tell,
    onSolved(progress) {
      rest -= 2 ** (bits[solved] ?? 0);
      solved += 1;
      before = {
        attempts: before.attempts + progress.attempts,
        seconds: before.seconds + progress.seconds,
      };
      tell({ attempts: 0, seconds: 0 });
    },
    end: () => line?.end(),
  };
}

/**
 * The nearest name to a misspelt one.
 */

/**
 * Returns the candidate that takes the fewest edits, if they are few enough for a typing error.
 * Also tries each name without a plural s, so that `--prot` suggests `--ports`.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  // No name is longer than this, and the distance takes time by the square.
  const text = name.slice(0, 64);
  return (
    closest(text, candidates, (candidate) => candidate) ??
    closest(text, candidates, (candidate) => candidate.replace(/s$/, ""))
  );
}

function closest(
  text: string,
  candidates: readonly string[],
  formOf: (candidate: string) => string,
): string | undefined {
  const tolerance = Math.max(1, Math.floor(text.length / 3));
  let best: string | undefined;
  let fewest = tolerance + 1;
  for (const candidate of candidates) {
    const edits = distance(text, formOf(candidate));
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Returns up to three candidates that contain the name as a word: "work-timeout" for "timeout". */
export function namesakes(name: string, candidates: Iterable<string>): readonly string[] {
  return [...candidates]
    .filter((candidate) => name !== "" && candidate.split("-").includes(name))
    .slice(0, 3);
}

/** Returns the optimal string alignment distance: it counts swapped neighbours as one change. */
function distance(from: string, to: string): number {
  let older: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + (same ? 0 : 1),
          swapped ? at(older, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    older = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

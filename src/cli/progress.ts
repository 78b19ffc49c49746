/**
 * A line on the terminal that changes while something takes time. It is as wide as the terminal is
 * at the moment and never wraps. The cursor waits at its start: when the terminal is made narrower
 * and breaks the line in two, both parts follow the cursor, and clearing from there removes them.
 */

import { writeStderr, writeStderrAtExit } from "../io/stderr.ts";
import { STDERR } from "./output.ts";
import { isTerminal } from "./terminal.ts";

export interface StatusLine {
  /** Shows as many of the parts as there is room for, the first ones first. */
  show(parts: readonly string[]): void;
  /** Leaves a text on a line of its own, above the one that changes. */
  note(text: string): void;
  /** Removes the line, so that other text can be written. */
  clear(): void;
  /** Removes the line, and shows nothing from then on. */
  end(): void;
}

const CLEAR = "\r\x1b[J";

/** Creates the line; returns undefined when stderr is not a terminal that can redraw it. */
export async function createStatusLine(term: string | undefined): Promise<StatusLine | undefined> {
  if (term === undefined || term === "dumb" || !(await isTerminal(STDERR))) {
    return undefined;
  }
  let shown = false;
  let ended = false;

  function clear(): void {
    if (shown) {
      writeStderr(CLEAR);
      shown = false;
    }
  }

  // A second Ctrl-C exits without a call of `end`.
  function clearAtExit(): void {
    if (shown) {
      writeStderrAtExit(CLEAR);
    }
  }

  function end(): void {
    clear();
    ended = true;
    process.off("exit", clearAtExit);
  }

  process.on("exit", clearAtExit);
  return {
    clear,
    end,
    show(parts) {
      if (!ended) {
        writeStderr(`${CLEAR}${fit(parts, process.stderr.columns || 80)}\r`);
        shown = true;
      }
    },
    note(text) {
      clear();
      writeStderr(`${text}\n`);
    },
  };
}

/**
 * Joins as many parts as fit. One column stays free, because a full line wraps on some terminals.
 */
export function fit([first = "", ...rest]: readonly string[], columns: number): string {
  let line = first.slice(0, Math.max(0, columns - 1));
  for (const part of rest) {
    const longer = `${line}, ${part}`;
    if (longer.length >= columns) {
      break;
    }
    line = longer;
  }
  return line;
}

/**
 * Reports how the program ended: by the exit code, and after a failure with an error, a hint and a
 * stack trace on stderr, each on its own lines.
 */
import type { Voice } from "../fault/define.ts";
import { type Fault, sentenceOf, toFault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { ReaderGone } from "../io/stdout.ts";
import { bold, red } from "./color.ts";
import { EXITS, exitCodeOf } from "./exit-code.ts";
import { hintFor } from "./hints.ts";
import { printNote } from "./output.ts";
import { Interrupted } from "./signals.ts";

interface Style {
  readonly voice: Voice;
  /** Whether stderr shows colours. */
  readonly hasColor: boolean;
  /** For debugging. */
  readonly withStack?: boolean;
}

/** Prints the error that ended the program, if any, and returns the exit code. */
export function reportEnd(thrown: unknown, style: Style): number {
  if (thrown instanceof ReaderGone) {
    return EXITS.done.code;
  }
  if (!(thrown instanceof Interrupted)) {
    printNote(formatFault(toFault(thrown), style));
  }
  return exitCodeOf(thrown);
}

function formatFault(fault: Fault, { voice, hasColor, withStack }: Style): string {
  const hint = hintFor(fault, voice);
  const lines = [
    `tlslp: ${hasColor ? red("error:") : "error:"} ${printable(sentenceOf(fault, voice))}`,
    ...(hint === undefined
      ? []
      : [`tlslp: ${hasColor ? bold("hint:") : "hint:"} ${printable(hint)}`]),
    ...(withStack ? stackOf(fault).map(printable) : []),
  ];
  return `${lines.join("\n")}\n`;
}

function stackOf(fault: Fault): readonly string[] {
  return [fault, fault.cause].flatMap((error) =>
    error instanceof Error ? (error.stack?.split("\n") ?? []) : [],
  );
}

/**
 * The exit codes as the documents list them.
 */
import type { Description } from "../../src/cli/command.ts";
import { EXITS } from "../../src/cli/exit-code.ts";

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

/** Returns the exit codes of one command, or the usual ones. */
export function exitCodesOf(exceptions: Description["exitCodes"] = {}): readonly ExitCode[] {
  const exits = new Map<number, ExitCode>();
  for (const [name, { code: usual, meaning }] of Object.entries(EXITS)) {
    const code = exceptions[name as keyof typeof exceptions] ?? usual;
    const other = exits.get(code);
    exits.set(code, { code, meaning: other ? `${other.meaning}, or ${meaning}` : meaning });
  }
  return Array.from(exits.values());
}

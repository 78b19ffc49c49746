/**
 * How the command line speaks about settings.
 */
import type { Voice } from "../fault/define.ts";
import { LIBRARY_VOICE } from "../fault/fault.ts";
import type { FlagSet } from "./flag.ts";
import type { Sources } from "./parse.ts";

/**
 * Names a setting as the user gave it: by the variable that has its value (`TLSLP_MAX_BITS`), or
 * else by its flag (`--max-bits`), or the flag whose value it is a part of. A key without a flag is
 * a positional, such as `<token>`.
 */
export function createVoice(flags: FlagSet, sources: Sources = new Map()): Voice {
  const names = new Map(
    Object.entries(flags).flatMap(([key, { name, parts = [] }]) =>
      [key, ...parts].map((each) => [each, `--${name}`] as const),
    ),
  );
  return {
    ...LIBRARY_VOICE,
    setting: (key) => sources.get(key)?.variable ?? names.get(key) ?? key,
  };
}

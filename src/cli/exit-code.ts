/**
 * Exit codes: here and nowhere else.
 */
import type { Family } from "../fault/define.ts";
import { toFault } from "../fault/fault.ts";
import { Interrupted } from "./interruption.ts";

const EXIT_CODES: Readonly<Record<Family, number>> = {
  internal: 1,
  usage: 2,
  transport: 3,
  protocol: 4,
  timeout: 5,
  refused: 6,
};

/** The exit code for whatever ended a command. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof Interrupted ? thrown.exitCode : EXIT_CODES[toFault(thrown).family];
}

/**
 * Failures in log records.
 */
import { type Fault, HIDING_VOICE, LIBRARY_VOICE, sentenceOf } from "../fault/fault.ts";
import type { Log } from "./log.ts";

/**
 * Returns the sentence of a fault for a log record. Text that a peer sent may be personal: it is
 * shown when the log has the level debug, and hidden otherwise.
 */
export function reasonOf(fault: Fault, log: Pick<Log, "enabled">): string {
  return sentenceOf(fault, log.enabled("debug") ? LIBRARY_VOICE : HIDING_VOICE);
}

/**
 * The faults that a test expects.
 */
import { expect } from "bun:test";
import { hintFor } from "../../src/cli/hints.ts";
import type { Family } from "../../src/fault/define.ts";
import { Fault, LIBRARY_VOICE } from "../../src/fault/fault.ts";

/** Returns the fault that `action` throws; fails when it throws nothing, or anything else. */
export function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof Fault) {
      return thrown;
    }
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

/** Returns the fault with which a promise rejects. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Fault> {
  const outcome = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof Fault) {
    return outcome;
  }
  throw new Error(`expected a fault, got ${String(outcome)}`);
}

/** Returns the usage fault that `action` throws, and expects its message to match. */
export function usageFaultOf(action: () => unknown, message: RegExp): Fault {
  const fault = faultOf(action);
  expect(fault.message).toMatch(message);
  expect(fault.family).toBe("usage");
  return fault;
}

/** Returns the hint of a fault, with options named as programs write them. */
export function hintOf(fault: Fault): string | undefined {
  return hintFor(fault, LIBRARY_VOICE);
}

/** Returns family and message together, for one readable comparison. */
export function summary(fault: Fault | undefined): string {
  return fault === undefined ? "no fault" : `${fault.family}: ${fault.message}`;
}

/** Whether `action` throws nothing, or a fault of this family. */
export function throwsOnly(family: Family, action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (thrown) {
    return thrown instanceof Fault && thrown.family === family;
  }
}

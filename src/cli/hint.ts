/**
 * The shape of a table of hints.
 */
import type { Voice } from "../fault/define.ts";
import type { FaultCode, FaultFacts } from "../fault/fault.ts";

/** Functions that return the next step after a failure, by its code. */
export type Hints = {
  readonly [C in FaultCode]?: (facts: FaultFacts<C>, voice: Voice) => string | undefined;
};

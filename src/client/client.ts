/**
 * A client, with what is usual where nothing is said: a visit whose work is done by the search
 * engine.
 */

import type { Search } from "../conversation/client.ts";
import { DEFAULT_TIMEOUTS } from "../conversation/exchange.ts";
import { type Progress, type SolveOptions, solve } from "../search/solve.ts";
import type { ClientObserver } from "../server/events.ts";
import { MAX_BITS } from "../wire/message.ts";
import type { Answers } from "./answers.ts";
import { failedVisit, type VisitOptions, type VisitReport, visit } from "./find-server.ts";

/** Where servers of this protocol are looked for. */
export const DEFAULT_PORTS: readonly number[] = [3115, 7883, 8235, 38154, 1234, 55532];

export interface RunClientOptions
  extends Pick<VisitOptions, "trust">,
    Partial<Omit<VisitOptions, "trust" | "answers" | "search">> {
  readonly answers: Answers;
  /** How to search; the time limit is `timeouts.work`. */
  readonly search?: Omit<SolveOptions, "signal" | "timeout" | "onStopped">;
}

/**
 * Visits a server: finds it, works for it and answers it. Never throws: the report says how far it
 * came, and its `fault` is absent when the server was satisfied. (A fault is of the family "usage"
 * for answers that no server would accept, "refused" when the server said FAIL, and
 * "transport", "protocol" or "timeout" for what else can happen.)
 */
export async function runClient(options: RunClientOptions): Promise<VisitReport> {
  const { identity, observe = () => {}, search = {} } = options;
  let stopped: Progress | undefined;
  const onStopped = (progress: Progress) => {
    stopped = progress;
  };
  try {
    const { checkAnswers } = await import("./answers.ts");
    const report = await visit({
      host: "localhost",
      ports: DEFAULT_PORTS,
      pins: [],
      maxBits: MAX_BITS,
      timeouts: DEFAULT_TIMEOUTS,
      ...options,
      identity,
      answers: checkAnswers(options.answers),
      search: createSearch({ ...search, onStopped }, observe),
      observe,
    });
    return { ...report, ...stopped };
  } catch (thrown) {
    return failedVisit(thrown);
  }
}

function createSearch(options: SolveOptions, observe: ClientObserver): Search {
  return async (token, bits, signal) => {
    observe({ type: "working", bits });
    const { suffix, attempts, seconds, kernel } = await solve(token, bits, { ...options, signal });
    observe({ type: "solved", attempts, seconds, kernel });
    return { suffix, attempts, seconds };
  };
}

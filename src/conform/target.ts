/**
 * A server under test.
 */
import type { ClientSettings } from "../client/session.ts";

/** How to reach it, and how to search; `timeouts.other` is the time limit of each step. */
export type ServerTarget = Omit<ClientSettings, "answers" | "observe" | "onObserverError">;

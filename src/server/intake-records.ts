/**
 * The events of a server's intake as log records.
 */
import type { IntakeEvent } from "../intake/intake.ts";
import type { StoreEvent } from "../intake/store/health.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import { roundToMilliseconds } from "../seconds.ts";
import type { Server } from "./start-server.ts";

/** Writes into the log where a server keeps answers. */
export function recordStore(log: Log, { store }: Pick<Server, "store">): void {
  if (store === undefined) {
    log.info("answers are checked and forgotten");
  } else {
    log.info("answers are kept", { store });
  }
}

/** Writes an event of the intake into the log. */
export function recordIntake(log: Log, event: StoreEvent | IntakeEvent): void {
  switch (event.type) {
    case "store failing":
      log.error("answers cannot be kept", {
        since: event.since.toISOString(),
        reason: reasonOf(event.fault, log),
      });
      return;
    case "store recovered":
      log.info("answers can be kept again", { seconds: roundToMilliseconds(event.seconds) });
      return;
    case "note not kept":
      // The failure of the store has a record already.
      log.debug("the store could not record how a session ended", { reason: event.reason });
      return;
    case "old entries erased":
      log.info("old personal data erased", { entries: event.count });
      return;
    case "old entries not erased":
      log.error("old personal data not erased", { reason: event.reason });
      return;
    case "on-pass output":
      log.debug("the on-pass command printed", { submission: event.id, line: event.line });
      return;
    case "on-pass handled":
      log.info("the on-pass command succeeded", {
        submission: event.id,
        seconds: roundToMilliseconds(event.seconds),
      });
      return;
    case "on-pass not recorded":
      log.warn("the on-pass command succeeded and will run again: that could not be recorded", {
        submission: event.id,
      });
      return;
    case "on-pass failed":
      log.warn("the on-pass command failed", { submission: event.id, reason: event.reason });
  }
}

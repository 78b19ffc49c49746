/**
 * The events of a client as log records.
 */
import { recordOfStep } from "../conversation/records.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import { roundToMilliseconds } from "../seconds.ts";
import type { ClientEvent, ClientObserver } from "./events.ts";

/** Creates an observer that writes a client's events into a log. */
export function createClientRecorder(log: Log): ClientObserver {
  return (event) => {
    switch (event.type) {
      case "no answer":
        log.debug("no answer", { reason: event.fault.message });
        return;
      case "connected": {
        const { host, port, tlsVersion, cipher } = event.connection;
        log.info("connected", { host, port, tls: tlsVersion, cipher });
        return;
      }
      case "working":
        log.info("working", { bits: event.bits });
        return;
      case "solved": {
        const { attempts, kernel } = event;
        const seconds = roundToMilliseconds(event.seconds);
        log.info("solved", { attempts, seconds, kernel });
        return;
      }
      case "exchange": {
        const { message, values } = recordOfStep(event.exchange);
        log.debug(message, values);
        return;
      }
      case "finished":
        recordEnd(log, event);
    }
  };
}

function recordEnd(
  log: Log,
  { answered, fault, isInterrupted, seconds }: Extract<ClientEvent, { readonly type: "finished" }>,
): void {
  log.info("finished", {
    outcome: isInterrupted ? "interrupted" : (fault?.family ?? "ok"),
    answered,
    seconds: roundToMilliseconds(seconds),
    reason: fault && reasonOf(fault, log),
  });
}

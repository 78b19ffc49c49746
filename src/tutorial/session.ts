/**
 * A tutorial server's only session: shown as it goes, and then the server ends as it did.
 */

import { MAX_LIMIT } from "../deadline.ts";
import type { Fault } from "../fault/fault.ts";
import type { ServerEvent, ServerObserver, Session } from "../server/events.ts";
import type { Server } from "../server/sessions.ts";
import { type Show, showServer } from "./transcript.ts";

export interface OnlySession {
  /** For the service that is to have it. */
  readonly observe: ServerObserver;
  /** Waits for the session and lets nobody else in; throws what went wrong in it. */
  end(service: Server): Promise<void>;
}

/** Shows the first session of a server that is told to `observe` with it. */
export function createOnlySession(show: Show): OnlySession {
  const showEvent = showServer(show);
  const opened = Promise.withResolvers<void>();
  let only: Session | undefined;
  let fault: Fault | undefined;

  function observe(event: ServerEvent): void {
    if (event.type === "session opened") {
      only ??= event.session;
      opened.resolve();
    }
    if (event.type === "session finished" && event.session === only) {
      fault = event.fault;
    }
    // Somebody else may have been in the handshake when it was opened.
    if (!isWithin(event) || event.session === only) {
      showEvent(event);
    }
  }

  async function end(service: Server): Promise<void> {
    await opened.promise;
    await service.drain(MAX_LIMIT);
    if (fault !== undefined) {
      throw fault;
    }
  }

  return { observe, end };
}

/** Whether an event is of a session that is served. */
function isWithin(
  event: ServerEvent,
): event is Extract<ServerEvent, { type: "session opened" | "exchange" | "session finished" }> {
  return (
    event.type === "session opened" ||
    event.type === "exchange" ||
    event.type === "session finished"
  );
}

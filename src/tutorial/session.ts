/**
 * The only session of a tutorial server: it is shown line by line, and its fault ends the server.
 */
import { MAX_TIMEOUT } from "../deadline.ts";
import type { Fault } from "../fault/fault.ts";
import type { ServerEvent, ServerObserver, Session } from "../server/events.ts";
import type { Server } from "../server/start-server.ts";
import { type Show, showServer } from "./transcript.ts";

export interface TutorialSession {
  /** To be given to the server. */
  readonly observe: ServerObserver;
  /** Waits for the session, keeps other clients out, and throws the session's fault, if any. */
  end(server: Pick<Server, "drain">): Promise<void>;
}

/** Creates an observer that shows the first session of a server. */
export function createTutorialSession(show: Show): TutorialSession {
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
    // Another client's handshake may have been going on when the session was opened.
    const isOther = "session" in event && event.session !== only;
    if (!isOther || event.type === "session refused") {
      showEvent(event);
    }
  }

  async function end(server: Pick<Server, "drain">): Promise<void> {
    await opened.promise;
    await server.drain(MAX_TIMEOUT);
    if (fault !== undefined) {
      throw fault;
    }
  }

  return { observe, end };
}

/**
 * A server and its supervisor, if it has one.
 */
import { toFault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import type { Notify, State } from "../runtime/sd-notify.ts";

/**
 * Tells the supervisor, one thing after the other, and nothing more once it was told that we are
 * stopping. Never throws: that it cannot be told does not end a server.
 */
export type Tell = (state: State) => Promise<void>;

/** Opens the way to the supervisor's socket; where there is none, nobody is told. */
export async function openSupervision(socket: string | undefined, log: Log): Promise<Tell> {
  if (socket === undefined || socket === "") {
    return async () => undefined;
  }
  const { connectSupervisor } = await import("../runtime/sd-notify.ts");
  const warn = (thrown: unknown) => log.warn(toFault(thrown).message);
  try {
    const notify = connectSupervisor(socket);
    return inOrder((state) => notify(state).catch(warn));
  } catch (thrown) {
    warn(thrown);
    return async () => undefined;
  }
}

/** Keeps the order of what is told: a reload may still be going on when the end begins. */
export function inOrder(notify: Notify): Tell {
  let told = Promise.resolve();
  let isStopping = false;
  return (state) => {
    if (!isStopping) {
      isStopping = state === "stopping";
      // What waited for its turn until then is out of date.
      told = told.then(() => (isStopping && state !== "stopping" ? undefined : notify(state)));
    }
    return told;
  };
}

/**
 * Notifies systemd, or another supervisor, of the server's state.
 */
import { toFault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import type { Notify, State } from "../runtime/sd-notify.ts";

/**
 * Notifies the supervisor of a state. States arrive in their order, and none after "stopping".
 * Never throws: a supervisor that cannot be notified does not end a server.
 */
export type Notifier = (state: State) => Promise<void>;

const SILENT: Notifier = async () => undefined;

/**
 * Opens the supervisor's socket, as NOTIFY_SOCKET names it; without one, the notifier does nothing.
 */
export async function openNotifier(socket: string | undefined, log: Log): Promise<Notifier> {
  if (socket === undefined || socket === "") {
    return SILENT;
  }
  const { connectSupervisor } = await import("../runtime/sd-notify.ts");
  const warn = (thrown: unknown) => log.warn(reasonOf(toFault(thrown), log));
  try {
    const notify = connectSupervisor(socket);
    return inOrder((state) => notify(state).catch(warn));
  } catch (thrown) {
    warn(thrown);
    return SILENT;
  }
}

/** Notifies of one state after the other: a reload may still be going on when the server stops. */
export function inOrder(notify: Notify): Notifier {
  let sent = Promise.resolve();
  let isStopping = false;
  return (state) => {
    if (!isStopping) {
      isStopping = state === "stopping";
      // A state that was waiting when the server began to stop is out of date.
      sent = sent.then(() => (isStopping && state !== "stopping" ? undefined : notify(state)));
    }
    return sent;
  };
}

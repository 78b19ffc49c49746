/**
 * A server and its supervisor, if it has one.
 */
import { toFault } from "../fault.ts";
import type { Log } from "../log/log.ts";
import type { State } from "../system/supervisor.ts";

/** Tells the supervisor; never throws. That it cannot be told does not end a server. */
export type Tell = (state: State) => Promise<void>;

/** Opens the way to the supervisor's socket; where there is none, nobody is told. */
export async function openSupervision(socket: string | undefined, log: Log): Promise<Tell> {
  if (socket === undefined || socket === "") {
    return async () => undefined;
  }
  const { connectSupervisor } = await import("../system/supervisor.ts");
  const complain = (thrown: unknown) => log.warn(toFault(thrown).message);
  try {
    const notify = connectSupervisor(socket);
    return (state) => notify(state).catch(complain);
  } catch (thrown) {
    complain(thrown);
    return async () => undefined;
  }
}

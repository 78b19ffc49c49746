/**
 * Signals that come before anybody can obey them. Whoever has just renewed a server's certificates
 * asks it to reload, and does not know that it was started the moment before: such a signal waits
 * here, and does not end it.
 */

type Signal = "SIGHUP" | "SIGUSR1";

const HELD: readonly Signal[] = ["SIGHUP", "SIGUSR1"];
const came = new Set<string>();

/** Holds them from now on, each until somebody obeys it. */
export function holdSignals(): void {
  for (const name of HELD) {
    process.on(name, hold);
  }
}

/** Has this done whenever the signal comes from now on, and now if it came before. */
export function obey(name: Signal, action: () => void): void {
  process.on(name, action);
  process.off(name, hold);
  if (came.delete(name)) {
    action();
  }
}

function hold(name: string): void {
  came.add(name);
}

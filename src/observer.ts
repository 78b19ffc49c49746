/**
 * Observers: functions of the caller that are called with events as they happen.
 */

/**
 * Returns an observer that never throws: a mistake in `observe` must not end the session that it
 * observes. An error of `observe` is handed to `onError`.
 */
export function protectObserver<Event>(
  observe: (event: Event) => void,
  onError: (thrown: unknown) => void,
): (event: Event) => void {
  return (event) => {
    try {
      observe(event);
    } catch (thrown) {
      report(thrown, onError);
    }
  };
}

function report(thrown: unknown, onError: (thrown: unknown) => void): void {
  try {
    onError(thrown);
  } catch (another) {
    warnOfObserverError(another);
  }
}

/** Warns of an observer's error, by default on stderr: the default of `onObserverError`. */
export function warnOfObserverError(thrown: unknown): void {
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  process.emitWarning(`tlslp: an observer failed: ${detail}`);
}

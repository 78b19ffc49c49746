/**
 * The progress of a client's search: as a line on a terminal, and its forecast in the log.
 */
import { createStatusLine } from "../cli/progress.ts";
import type { ClientObserver } from "../client/events.ts";
import type { Log } from "../log/log.ts";
import type { Progress } from "../search/solve.ts";
import { describeDoubt, describeForecast, watchSearch } from "./search-progress.ts";

export interface ClientProgress {
  readonly observe: ClientObserver;
  readonly onProgress: (progress: Progress) => void;
  /** Leaves the terminal as it was. */
  end(): void;
}

/**
 * Creates an observer that shows the progress, and hands every event on.
 *
 * @param timeout how long the search may take, in seconds
 * @param observe gets every event after the line on the terminal was cleared
 */
export async function createClientProgress(
  timeout: number,
  log: Pick<Log, "info" | "warn">,
  observe: ClientObserver,
): Promise<ClientProgress> {
  const line = await createStatusLine(process.env["TERM"]);
  let onProgress: ((progress: Progress) => void) | undefined;

  function watch(bits: number): (progress: Progress) => void {
    return watchSearch(bits, line, {
      onForecast(forecast) {
        log.info(describeForecast(forecast));
        const doubt = describeDoubt(forecast, timeout);
        if (doubt !== undefined) {
          log.warn(doubt);
        }
      },
      onStillGoing: (progress) => log.info(`still working: ${progress.join(", ")}`),
    });
  }

  return {
    observe(event) {
      line?.clear();
      onProgress = event.type === "working" ? watch(event.bits) : undefined;
      observe(event);
    },
    onProgress: (progress) => onProgress?.(progress),
    end: () => line?.end(),
  };
}

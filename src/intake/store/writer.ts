/**
 * Writes the changes that sessions make. Sessions that end at the same moment share a transaction,
 * so that one sync of the disk, or one answer of the database, serves all of them.
 */
import { type Database, RETRY_INTERVAL, storeFault } from "../database/database.ts";
import { type Change, commitChanges, type WaitingChange } from "./changes.ts";
import type { HealthMonitor } from "./health.ts";

export interface ChangeWriter {
  /**
   * Resolves when the change is durable, to whether it was made: a submission is not, when its
   * participant has no pass left. Rejects with the database's error.
   */
  write(change: Change): Promise<boolean>;
  /** Resolves when nothing is being written. */
  settle(): Promise<void>;
}

interface Waiting extends WaitingChange {
  readonly resolve: (isMade: boolean) => void;
  readonly reject: (error: unknown) => void;
  /** When to give up, on the clock of `performance`. */
  readonly deadline: number;
  wasTried: boolean;
}

/** The most changes in one transaction. */
const MAX_GROUP = 128;

/** Creates a writer. `patience`: for how many seconds a change is tried. */
export function createChangeWriter(
  database: Database,
  monitor: Pick<HealthMonitor, "fail" | "succeed">,
  patience: number,
): ChangeWriter {
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();

  /** Starts transactions, after all sessions that end at this moment have added their changes. */
  function start(): void {
    while (waiting.length > 0 && running.size < database.concurrency) {
      const run = writeGroup(waiting.splice(0, MAX_GROUP)).finally(() => {
        running.delete(run);
        start();
      });
      running.add(run);
    }
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const made = await database.transact((sql) => commitChanges(sql, group));
      if (group.some(isProof)) {
        monitor.succeed();
      }
      for (const { change, resolve } of group) {
        resolve(made.has(change));
      }
      if (database.pause > 0) {
        await Bun.sleep(database.pause);
      }
    } catch (error) {
      if (group.length > 1 && database.isAboutValue(error)) {
        await writeEach(group);
      } else {
        handleFailure(group, error);
        await Bun.sleep(RETRY_INTERVAL);
      }
    }
  }

  /** Writes each change in a transaction of its own, so that one fails without the others. */
  async function writeEach(group: readonly Waiting[]): Promise<void> {
    for (const item of group) {
      await writeGroup([item]);
    }
  }

  /** Lets changes that may succeed soon wait for the next transaction, and rejects the others. */
  function handleFailure(group: readonly Waiting[], error: unknown): void {
    const mayPass = database.isTransient(error);
    for (const item of group) {
      item.wasTried = true;
      if (mayPass && performance.now() < item.deadline) {
        waiting.push(item);
      } else {
        monitor.fail(storeFault(database, error));
        item.reject(error);
      }
    }
  }

  return {
    write(change) {
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      const deadline = performance.now() + patience * 1000;
      if (waiting.push({ change, resolve, reject, deadline, wasTried: false }) === 1) {
        setImmediate(start);
      }
      return promise;
    },
    async settle() {
      while (waiting.length > 0 || running.size > 0) {
        await Promise.race([...running, Bun.sleep(RETRY_INTERVAL)]);
      }
    },
  };
}

/** Whether a change shows that the store works. The others are small: a full disk may have room. */
function isProof({ change: { type } }: WaitingChange): boolean {
  return type === "submission" || type === "probe";
}

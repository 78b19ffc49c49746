/**
 * What can go wrong, as values with a family. Every failure that a user can meet is a `Fault`;
 * anything else that is thrown is a bug, and becomes a fault of the family "internal".
 */

/**
 * - `usage`: the caller's mistake (flags, files, configuration)
 * - `transport`: the network, TLS or a certificate failed, or the peer closed
 * - `protocol`: the peer broke the protocol
 * - `timeout`: a time limit passed
 * - `refused`: the peer sent FAIL
 * - `internal`: a fault of this program or this machine
 */
export type Family = "usage" | "transport" | "protocol" | "timeout" | "refused" | "internal";

interface FaultDetails {
  /** The next step that helps, as a whole sentence fragment without a period. */
  readonly hint?: string | undefined;
  /** A word for counting it among others of its family; unlike messages there are few. */
  readonly kind?: string | undefined;
  /** What was caught, for debugging. */
  readonly cause?: unknown;
}

/** One failure: `message` says in one line what was wrong and what would be right. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly family: Family;
  readonly hint: string | undefined;
  readonly kind: string | undefined;

  constructor(family: Family, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.family = family;
    this.hint = details.hint;
    this.kind = details.kind;
  }
}

/** Makes a fault of whatever was thrown; a fault stays itself. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault("internal", message === "" ? "unknown failure" : message, { cause: thrown });
}

/** What `errorCode` says of an error that has no such name. */
export const UNNAMED = "unknown error";

/** The operating system's name for what went wrong, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : UNNAMED;
}

/**
 * A client's session: it finds a server, connects, and holds the conversation, with the search
 * engine for the work.
 */
import { type ClientOutcome, holdClientConversation } from "../conversation/client.ts";
import { PeerText } from "../fault/define.ts";
import { Fault, isFault, toFault } from "../fault/fault.ts";
import { protectObserver } from "../observer.ts";
import { type Progress, type SolveOptions, solve } from "../search/solve.ts";
import { secondsSince } from "../seconds.ts";
import type { Bits, Word } from "../wire/message.ts";
import type { Answers } from "./answers.ts";
import type { ClientConnection, ClientObserver } from "./events.ts";
import { type FindServerSettings, findServer } from "./find-server.ts";

/** The settings of a client; `RunClientOptions` explains each. */
export interface ClientSettings extends FindServerSettings {
  readonly answers: Answers;
  readonly maxBits: number;
  /** How to search, except for how long. */
  readonly search: SolveOptions;
  readonly onObserverError: (thrown: unknown) => void;
}

/** How far a client came. */
export interface ClientReport {
  /** The failure; undefined when the server was satisfied. */
  readonly fault: Fault | undefined;
  /** The port that took a TCP connection. */
  readonly port: number | undefined;
  /** Undefined when no TLS handshake succeeded. */
  readonly connection: ClientConnection | undefined;
  /** The zero bits that the server asked for. */
  readonly bits: number | undefined;
  /** The candidates that the search tried. */
  readonly attempts: number | undefined;
  /** How long the search took, in seconds. */
  readonly seconds: number | undefined;
  /** How many requests were answered. */
  readonly answered: number;
}

/** Runs one session. Never throws: the report has the failure. */
export async function runSession(settings: ClientSettings): Promise<ClientReport> {
  const observe = protectObserver(settings.observe, settings.onObserverError);
  const found = await findServer({ ...settings, observe });
  if ("fault" in found) {
    return failedReport(found.fault, found.port);
  }
  const { channel, tlsVersion, cipher, closed } = found.connected;
  const connection = { host: settings.host, port: found.port, tlsVersion, cipher };
  observe({ type: "connected", connection });
  const start = performance.now();
  const search = createSearch(settings.search, observe);
  const { answers, maxBits, timeouts, signal } = settings;
  const outcome = await holdClientConversation(channel, {
    answers,
    maxBits,
    search: search.run,
    timeouts,
    signal,
    observe: (exchange) => observe({ type: "exchange", exchange }),
  });
  const { answered, fault } = outcome;
  const isInterrupted = fault !== undefined && signal?.aborted === true;
  observe({ type: "finished", answered, fault, isInterrupted, seconds: secondsSince(start) });
  await closed;
  return {
    fault: reportedFault(outcome, settings),
    port: found.port,
    connection,
    bits: outcome.bits ?? undefined,
    attempts: search.progress()?.attempts,
    seconds: search.progress()?.seconds,
    answered,
  };
}

/** Returns the report of a client that failed before it had a connection. */
export function failedReport(thrown: unknown, port?: number): ClientReport {
  return {
    fault: toFault(thrown),
    port,
    connection: undefined,
    bits: undefined,
    attempts: undefined,
    seconds: undefined,
    answered: 0,
  };
}

/**
 * Returns the fault to report. A server that refuses our certificate may close without sending a
 * line, or a reason in TLS.
 */
function reportedFault(
  { fault, hasReceived }: ClientOutcome,
  { identity }: ClientSettings,
): Fault | undefined {
  const hasReason = isFault(fault, "tlsError") && fault.facts.error !== "closed";
  return fault?.family === "transport" && !hasReceived && !hasReason
    ? new Fault(
        "closedBeforeHello",
        { reason: new PeerText(fault.message), showedCertificate: identity !== undefined },
        { cause: fault },
      )
    : fault;
}

/**
 * Creates the search of a conversation. `progress` returns its progress, also if it was stopped.
 */
function createSearch(options: SolveOptions, observe: ClientObserver) {
  let progress: Progress | undefined;

  async function run(token: Word, bits: Bits, signal: AbortSignal) {
    observe({ type: "working", bits });
    const { suffix, attempts, seconds, kernel } = await solve(token, bits, {
      ...options,
      signal,
      onStopped(stopped) {
        progress = stopped;
      },
    });
    progress = { attempts, seconds };
    observe({ type: "solved", attempts, seconds, kernel });
    return suffix;
  }

  return { run, progress: () => progress };
}

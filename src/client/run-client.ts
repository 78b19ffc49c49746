/**
 * `runClient()`: a client in another program.
 */
import type { Credential } from "../certificates/credentials.ts";
import { parseIdentity } from "../certificates/identity.ts";
import {
  type ClientTrustOption,
  checkClientTrust,
  requirePin,
} from "../certificates/tls-config.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import { warnOfObserverError } from "../observer.ts";
import { checkBits, checkPin, checkPort, checkTimeouts, checkWhole } from "../options.ts";
import { MAX_THREADS, MIN_SUFFIX_LIMIT } from "../search/abi.ts";
import type { FewerThreads } from "../search/job.ts";
import { requireKernel } from "../search/kernels.ts";
import type { Progress } from "../search/solve.ts";
import { MAX_BITS, MAX_WORD_LENGTH } from "../wire/message.ts";
import type { Answers } from "./answers.ts";
import type { ClientEvent } from "./events.ts";
import { type ClientReport, type ClientSettings, failedReport, runSession } from "./session.ts";

/** The ports on which a client looks for a server. */
export const DEFAULT_PORTS: readonly number[] = [3115, 7883, 8235, 38154, 1234, 55532];

/**
 * The options of a client. A wrong value is a fault of the family "usage" in the report, whose
 * message names the option, before anything is connected.
 *
 * @example
 * ```ts
 * const { fault, answered } = await runClient({
 *   host: "intake.example.org",
 *   ports: [7883],
 *   identity: readIdentity("certs/client-cert.pem", "certs/client-key.pem", "client"),
 *   trust: readAuthorities("certs/ca-cert.pem"),
 *   answers: { FULL_NAME: "Jane Doe", … },
 * });
 * ```
 */
export interface RunClientOptions {
  /**
   * The authorities that sign the server's certificate; "system": those of the operating system;
   * "none": the server's key must be one of `pins`, and its names and dates do not count; or
   * "anybody": the server is not verified, and the host must be the loopback.
   */
  readonly trust: ClientTrustOption;
  /** The client's certificate (chain) and its private key, PEM; default: none is shown. */
  readonly identity?: Credential | undefined;
  /** A text for each of the eight requests: 1 to 934 bytes, without control characters. */
  readonly answers: Answers;
  /** The server's host name or address, which its certificate must carry; default "localhost". */
  readonly host?: string | undefined;
  /**
   * Ports, 1 to 65535, tried in order until one answers; default 3115, 7883, 8235, 38154, 1234,
   * 55532.
   */
  readonly ports?: readonly number[] | undefined;
  /**
   * The public keys that the server may have, each as `sha256/BASE64` (SHA-256 of the SPKI);
   * default: any.
   */
  readonly pins?: readonly string[] | undefined;
  /** The most zero bits to work for, 0 to 64; default 64. More is a protocol fault. */
  readonly maxBits?: number | undefined;
  /** How many threads search, 1 to 1024; default: the processors that this process may use. */
  readonly threads?: number | undefined;
  /** The name of a search kernel; default "auto": the fastest that this processor has. */
  readonly kernel?: string | undefined;
  /** The longest suffix, 16 to 128 characters; default 128. Shorter ones are slower to search. */
  readonly maxSuffix?: number | undefined;
  /**
   * Seconds, above 0: `work` for the search, `other` for every other step, and for connecting and
   * the TLS handshake; default 1800 and 10.
   */
  readonly timeouts?: Timeouts | undefined;
  /** Ends the client early; the fault of the report then has the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each event, as it happens; see `ClientEvent`. */
  readonly observe?: ((event: ClientEvent) => void) | undefined;
  /** Called with an error that `observe` throws; default: a warning on stderr. */
  readonly onObserverError?: ((thrown: unknown) => void) | undefined;
  /** Called about ten times a second during the search. Its error ends the session. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called with the kernels that failed their self-test, before others search in their place. */
  readonly onDistrusted?: ((kernels: readonly string[]) => void) | undefined;
  /** Called when the system refused to start some of the default threads; the others search. */
  readonly onFewerThreads?: ((threads: FewerThreads) => void) | undefined;
}

/**
 * Runs a client, which finds a server, does its work and answers it. Never throws: the report says
 * how far the client came, and its `fault` is undefined when the server was satisfied.
 *
 * A fault is of the family "usage" for options, certificates and answers that are wrong, "refused"
 * when the server said FAIL, and "transport", "protocol" or "timeout" for other failures.
 */
export async function runClient(options: RunClientOptions): Promise<ClientReport> {
  let settings: ClientSettings;
  try {
    settings = await checkOptions(options);
  } catch (thrown) {
    return failedReport(thrown);
  }
  return runSession(settings);
}

async function checkOptions(options: RunClientOptions): Promise<ClientSettings> {
  const { identity, trust, timeouts = DEFAULT_TIMEOUTS, ports = DEFAULT_PORTS } = options;
  const { threads, kernel = "auto", maxSuffix = MAX_WORD_LENGTH, pins = [] } = options;
  const { onProgress, onDistrusted, onFewerThreads } = options;
  if (ports.length === 0) {
    throw new Fault("emptyText", { setting: "ports", value: "" });
  }
  requirePin(trust, pins);
  await requireKernel(kernel);
  const { checkAnswers } = await import("./check-answers.ts");
  return {
    identity: identity === undefined ? undefined : parseIdentity(identity, "client"),
    trust: checkClientTrust(trust),
    answers: checkAnswers(options.answers),
    host: options.host ?? "localhost",
    ports: ports.map((port) => checkPort("ports", port, 1)),
    pins: pins.map((pin) => checkPin("pins", pin)),
    maxBits: checkBits("maxBits", options.maxBits ?? MAX_BITS),
    search: {
      threads: threads === undefined ? undefined : checkWhole("threads", threads, 1, MAX_THREADS),
      kernel,
      maxSuffix: checkWhole("maxSuffix", maxSuffix, MIN_SUFFIX_LIMIT, MAX_WORD_LENGTH),
      onProgress,
      onDistrusted,
      onFewerThreads,
    },
    timeouts: checkTimeouts(timeouts),
    signal: options.signal,
    observe: options.observe ?? (() => undefined),
    onObserverError: options.onObserverError ?? warnOfObserverError,
  };
}

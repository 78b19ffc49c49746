/**
 * `tlslp server`
 */
import { defineCommand } from "../cli/command.ts";
import { refuse, secondsFlag, textFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import type { Question } from "../conversation/server.ts";
import { Fault } from "../fault.ts";
import { randomWord } from "../puzzle/word.ts";
import { startService } from "../service/service.ts";
import { readAuthorities, readIdentity } from "../tls/identity.ts";
import { formatEndpoint, requireLoopback, resolveHost } from "../tls/loopback.ts";
import {
  isBits,
  isRequestName,
  isWord,
  MAX_BITS,
  REQUESTS,
  type RequestName,
  type Word,
} from "../wire/message.ts";
import {
  CONNECTION_FLAGS,
  caFile,
  MAKE_CERTIFICATES,
  MAX_PORT,
  TRUST_GROUP,
} from "./connection-flags.ts";

const TOKEN_LENGTH = 64;
const ARG_LENGTH = 16;
const SESSION_GROUP = "Sessions";

const FLAGS = {
  ...CONNECTION_FLAGS,
  port: wholeFlag({
    name: "port",
    placeholder: "PORT",
    fallback: 1234,
    least: 0,
    most: MAX_PORT,
    help: "0 takes a free one",
  }),
  serverCert: textFlag({
    name: "server-cert",
    placeholder: "PATH",
    fallback: "certs/server-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate",
  }),
  serverKey: textFlag({
    name: "server-key",
    placeholder: "PATH",
    fallback: "certs/server-key.pem",
    group: TRUST_GROUP,
    help: "our private key",
  }),
  bits: wholeFlag({
    name: "bits",
    aliases: ["n-bits", "n_bits"],
    placeholder: "N",
    fallback: 28,
    least: 0,
    most: MAX_BITS,
    group: SESSION_GROUP,
    help: "the zero bits that a client must find",
  }),
  requests: valueFlag(
    {
      name: "requests",
      placeholder: "LIST",
      fallback: REQUESTS,
      shownDefault: REQUESTS.join(","),
      group: SESSION_GROUP,
      help: "what to ask, in this order; repeats allowed",
    },
    readRequests,
  ),
  token: valueFlag(
    {
      name: "token",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each session",
      group: SESSION_GROUP,
      help: "a fixed token, for tests",
    },
    readWord,
  ),
  randomString: valueFlag(
    {
      name: "random-string",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each request",
      group: SESSION_GROUP,
      help: "a fixed arg of the requests, for tests",
    },
    readWord,
  ),
  maxSessions: wholeFlag({
    name: "max-sessions",
    placeholder: "N",
    fallback: 10_000,
    least: 1,
    most: 1_000_000,
    group: SESSION_GROUP,
    help: "connections beyond are told that we are busy; beyond twice as many, dropped",
  }),
  grace: secondsFlag({
    name: "grace",
    fallback: 10,
    zeroAllowed: true,
    group: SESSION_GROUP,
    help: "how long sessions may go on after SIGTERM or SIGINT",
  }),
} as const;

export const serverCommand = defineCommand({
  name: "server",
  summary: "make clients work, ask them, check their answers",
  positionals: [],
  flags: FLAGS,
  exitCodes: { SIGTERM: 0 },
  examples: [
    { command: "tlslp certs && tlslp server", shows: "on this machine, with fresh certificates" },
    {
      command: "tlslp server --host 0.0.0.0 --port 7883 --bits 32",
      shows: "for everybody who has a certificate",
    },
  ],
  async run({ flags }, { signal, print, openLog }) {
    const { host, insecure, workTimeout, otherTimeout } = flags;
    const trust = insecure ? "anybody" : { authorities: readAuthorities(caFile(flags.caCert)) };
    const identity = readIdentity(
      { path: flags.serverCert, what: "the server certificate", whenMissing: MAKE_CERTIFICATES },
      { path: flags.serverKey, what: "the server key", whenMissing: MAKE_CERTIFICATES },
    );
    const addresses = await resolveHost(host);
    if (insecure) {
      requireLoopback(host, addresses);
    }
    const log = await openLog();
    const service = startService({
      addresses,
      port: flags.port,
      identity,
      trust,
      limits: { work: workTimeout, other: otherTimeout },
      maxSessions: flags.maxSessions,
      nextPlan: createPlanner(flags),
      log,
    });
    print(`listening on ${formatEndpoint(host, service.port)}\n`);
    await aborted(signal);
    log.info("shutting down", { grace: flags.grace });
    await service.drain(flags.grace);
    throw signal.reason;
  },
});

interface PlanFlags {
  readonly bits: number;
  readonly requests: readonly RequestName[];
  readonly token: Word | undefined;
  readonly randomString: Word | undefined;
}

function createPlanner({ bits, requests, token, randomString }: PlanFlags) {
  if (!isBits(bits)) {
    throw new Fault("internal", `${bits} bits were let through`);
  }
  const ask = (request: RequestName): Question => ({
    request,
    arg: randomString ?? randomWord(ARG_LENGTH),
  });
  return () => ({
    token: token ?? randomWord(TOKEN_LENGTH),
    bits,
    questions: requests.map(ask),
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function readRequests(text: string): readonly RequestName[] {
  return text
    .split(",")
    .map((name) =>
      isRequestName(name) ? name : refuse(name, `is not one of ${REQUESTS.join(", ")}`),
    );
}

function readWord(text: string): Word {
  return isWord(text) ? text : refuse(text, "is not 1 to 128 characters of A-Z a-z 0-9 _ -");
}

/**
 * `tlslp server`
 */
import { defineCommand } from "../cli/command.ts";
import {
  type FlagValues,
  refuse,
  secondsFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { Fault } from "../fault.ts";
import { makePlan, type PlanSettings } from "../service/plan.ts";
import { createRecorder } from "../service/records.ts";
import { startService } from "../service/service.ts";
import { readAuthorities, readIdentity } from "../tls/identity.ts";
import { formatEndpoint, requireLoopback, resolveHost } from "../tls/loopback.ts";
import { type Bits, isRequestName, REQUESTS, type RequestName } from "../wire/message.ts";
import {
  CONNECTION_FLAGS,
  caFile,
  MAKE_CERTIFICATES,
  MAX_PORT,
  TRUST_GROUP,
} from "./connection-flags.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";

/** More would only be a way to hold a client up. */
const MAX_EXERCISE = 1000;
const DEFAULT_BITS = 28 as Bits;
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
  bits: valueFlag(
    {
      name: "bits",
      aliases: ["n-bits", "n_bits"],
      placeholder: "N",
      fallback: DEFAULT_BITS,
      group: SESSION_GROUP,
      help: "the zero bits that a client must find",
    },
    BITS.read,
  ),
  requests: valueFlag(
    {
      name: "requests",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: REQUESTS.join(","),
      group: SESSION_GROUP,
      help: "what to ask, in this order; repeats allowed",
    },
    readRequests,
  ),
  exercise: wholeFlag({
    name: "exercise",
    placeholder: "N",
    fallback: undefined,
    least: 1,
    most: MAX_EXERCISE,
    group: SESSION_GROUP,
    help: "ask N requests at random instead, to test other people's clients",
  }),
  failRate: valueFlag(
    {
      name: "fail-rate",
      placeholder: "P",
      fallback: undefined,
      shownDefault: "0",
      group: SESSION_GROUP,
      help: "with --exercise: the chance of a FAIL before each request, 0 to 1",
    },
    readChance,
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
    TOKEN.read,
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
    TOKEN.read,
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
  logs: true,
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
    const settings = readPlanSettings(flags);
    const lookup = { seconds: otherTimeout, signal };
    if (insecure) {
      requireLoopback(host, await resolveHost(host, lookup));
    }
    const trust = insecure ? "anybody" : { authorities: readAuthorities(caFile(flags.caCert)) };
    const identity = readIdentity(
      { path: flags.serverCert, what: "the server certificate", whenMissing: MAKE_CERTIFICATES },
      { path: flags.serverKey, what: "the server key", whenMissing: MAKE_CERTIFICATES },
    );
    const addresses = await resolveHost(host, lookup);
    const log = await openLog();
    const recorder = createRecorder(log);
    const service = startService({
      addresses,
      port: flags.port,
      identity,
      trust,
      limits: { work: workTimeout, other: otherTimeout },
      maxSessions: flags.maxSessions,
      nextPlan: () => makePlan(settings),
      observe: recorder.observe,
    });
    print(`listening on ${formatEndpoint(host, service.port)}\n`);
    await aborted(signal);
    log.info("shutting down", { grace: flags.grace });
    await service.drain(flags.grace);
    recorder.flush();
    throw signal.reason;
  },
});

/** What the flags say about a session, when they go together. */
function readPlanSettings(flags: FlagValues<typeof FLAGS>): PlanSettings {
  const { bits, token, randomString: arg, requests, exercise, failRate } = flags;
  if (requests !== undefined && exercise !== undefined) {
    throw new Fault("usage", "--requests and --exercise exclude each other");
  }
  if (failRate !== undefined && exercise === undefined) {
    throw new Fault("usage", "--fail-rate needs --exercise");
  }
  return {
    bits,
    token,
    arg,
    requests: requests ?? REQUESTS,
    exercise: exercise === undefined ? undefined : { requests: exercise, failRate: failRate ?? 0 },
  };
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

function readChance(text: string): number {
  const chance = /^\d+(?:\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  return chance >= 0 && chance <= 1 ? chance : refuse(text, "is not a number from 0 to 1");
}

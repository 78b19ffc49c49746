/**
 * `tlslp client`
 */
import type { Answers } from "../answers/file.ts";
import { SAMPLE_ANSWERS } from "../answers/sample.ts";
import { type Context, defineCommand } from "../cli/command.ts";
import { exitCodeOf } from "../cli/exit-code.ts";
import {
  type FlagValues,
  listFlag,
  switchFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import type { Search } from "../conversation/client.ts";
import { Fault } from "../fault.ts";
import { recordExchange } from "../log/conversation.ts";
import type { Log } from "../log/log.ts";
import { roundSeconds } from "../log/values.ts";
import { requireKernel } from "../search/kernels.ts";
import { type SolveOptions, solve } from "../search/solve.ts";
import { failedVisit, type VisitReport, visit } from "../service/visit.ts";
import { readAuthorities, readIdentity } from "../tls/identity.ts";
import { requireLoopback, resolveHost } from "../tls/loopback.ts";
import { MAX_BITS } from "../wire/message.ts";
import {
  CONNECTION_FLAGS,
  caFile,
  MAKE_CERTIFICATES,
  readPin,
  readPort,
  TRUST_GROUP,
} from "./connection-flags.ts";
import { SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

const DEFAULT_PORTS: readonly number[] = [3115, 7883, 8235, 38154, 1234, 55532];

const FLAGS = {
  ...CONNECTION_FLAGS,
  ports: valueFlag(
    {
      name: "ports",
      placeholder: "LIST",
      fallback: DEFAULT_PORTS,
      shownDefault: DEFAULT_PORTS.join(","),
      help: "tried in order until one answers",
    },
    (text) => text.split(",").map(readPort),
  ),
  clientCert: textFlag({
    name: "client-cert",
    placeholder: "PATH",
    fallback: "certs/client-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate",
  }),
  privateKey: textFlag({
    name: "private-key",
    placeholder: "PATH",
    fallback: "certs/client-key.pem",
    group: TRUST_GROUP,
    help: "our private key",
  }),
  pin: listFlag(
    {
      name: "pin",
      placeholder: "sha256/BASE64",
      separator: ",",
      group: TRUST_GROUP,
      help: "the server's public key (SPKI SHA-256) must be this too; repeatable",
    },
    readPin,
  ),
  answers: textFlag({
    name: "answers",
    placeholder: "FILE",
    fallback: undefined,
    shownDefault: "made-up samples",
    help: "JSON, request name to value, all eight",
  }),
  ...SEARCH_FLAGS,
  maxBits: wholeFlag({
    name: "max-bits",
    placeholder: "N",
    fallback: MAX_BITS,
    least: 0,
    most: MAX_BITS,
    group: SEARCH_FLAGS.threads.group,
    help: "refuse work of more zero bits",
  }),
  json: switchFlag({
    name: "json",
    help: "print one JSON object at the end instead, also on failure",
  }),
} as const;

export const clientCommand = defineCommand({
  name: "client",
  summary: "work for a server and answer it",
  positionals: [],
  flags: FLAGS,
  examples: [
    {
      command: "tlslp client --ports 1234",
      shows: "the server on this machine, with sample answers",
    },
    {
      command: "tlslp client --host intake.example.org --ports 7883 --answers answers.json",
      shows: "the real thing",
    },
  ],
  logs: true,
  async run({ flags }, context) {
    const report = await attempt(flags, context).catch(failedVisit);
    const { signal } = context;
    const failure = report.fault && signal.aborted ? signal.reason : report.fault;
    if (flags.json) {
      context.print(`${JSON.stringify(toJson(report, flags.host, failure))}\n`);
    }
    if (failure !== undefined) {
      throw failure;
    }
    if (!flags.json) {
      context.print(`OK ${report.answered} answered\n`);
    }
  },
});

/** Checks everything that can be checked beforehand, and then makes the visit. */
async function attempt(
  flags: FlagValues<typeof FLAGS>,
  { signal, openLog }: Context,
): Promise<VisitReport> {
  const { host, insecure, ports, maxBits } = flags;
  const limits = { work: flags.workTimeout, other: flags.otherTimeout };
  await requireKernel(flags.kernel);
  const answers = flags.answers === undefined ? SAMPLE_ANSWERS : await loadAnswers(flags.answers);
  if (insecure) {
    requireLoopback(host, await resolveHost(host, { seconds: limits.other, signal }));
  }
  const credentials = insecure ? believeAnybody() : readCredentials(flags);
  const log = await openLog();
  if (flags.answers === undefined) {
    log.warn("no --answers given: the built-in sample answers will be sent");
  }
  return visit({
    ...credentials,
    host,
    ports,
    pins: flags.pin,
    answers,
    maxBits,
    search: createSearch(searchOptions(flags), log),
    limits,
    signal,
    observe: (event) => recordExchange(log, event),
    onConnected: ({ port, tlsVersion, cipher }) =>
      log.info("connected", { host, port, tls: tlsVersion, cipher }),
    onUnreachable: ({ message }) => log.debug("no answer", { reason: message }),
  });
}

/** What checks an answers file is loaded only where there is one. */
async function loadAnswers(path: string): Promise<Answers> {
  const { readAnswers } = await import("../answers/file.ts");
  return readAnswers(path);
}

function createSearch(options: SolveOptions, log: Log): Search {
  return async (token, bits, signal) => {
    log.info("working", { bits });
    const { suffix, attempts, seconds, kernel } = await solve(token, bits, { ...options, signal });
    log.info("solved", { attempts, seconds: roundSeconds(seconds), kernel });
    return { suffix, attempts, seconds };
  };
}

function believeAnybody() {
  return { trust: "anybody" as const, identity: undefined };
}

function readCredentials(files: {
  readonly caCert: string;
  readonly clientCert: string;
  readonly privateKey: string;
}) {
  return {
    trust: { authorities: readAuthorities(caFile(files.caCert)) },
    identity: readIdentity(
      { path: files.clientCert, what: "the client certificate", whenMissing: MAKE_CERTIFICATES },
      { path: files.privateKey, what: "the client key", whenMissing: MAKE_CERTIFICATES },
    ),
  };
}

function toJson(report: VisitReport, host: string, failure: unknown) {
  const { connection, bits, attempts, seconds, answered, fault } = report;
  return {
    outcome: outcomeOf(failure),
    exit_code: failure === undefined ? 0 : exitCodeOf(failure),
    host,
    port: connection?.port ?? null,
    tls_version: connection?.tlsVersion ?? null,
    tls_cipher: connection?.cipher ?? null,
    bits,
    attempts,
    seconds,
    answered,
    reason: fault?.message ?? null,
  };
}

function outcomeOf(failure: unknown): string {
  if (failure === undefined) {
    return "ok";
  }
  return failure instanceof Fault ? failure.family : "interrupted";
}

/**
 * `tlslp client`
 */

import { readTlsConfig } from "../certificates/tls-config.ts";
import { type Context, defineCommand } from "../cli/command.ts";
import { exitCodeOf } from "../cli/exit-code.ts";
import {
  type FlagValues,
  fileFlag,
  listFlag,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { warn } from "../cli/output.ts";
import { nameVariables } from "../cli/parse.ts";
import type { Answers } from "../client/answers.ts";
import { DEFAULT_PORTS, runClient } from "../client/client.ts";
import { failedVisit, type VisitReport } from "../client/find-server.ts";
import { ANSWERS_TEMPLATE, SAMPLE_ANSWERS } from "../client/sample-answers.ts";
import { Fault, oldFault } from "../fault/fault.ts";
import { requireKernel } from "../search/kernels.ts";
import type { SolveOptions } from "../search/solve.ts";
import { warnOfExpiries } from "../server/certificate-reload.ts";
import type { ClientObserver } from "../server/events.ts";
import { recordClient } from "../server/records.ts";
import { requireLoopbackHost } from "../tls/hosts.ts";
import { TUTORIAL_SEARCH } from "../tutorial/fixed-values.ts";
import { MAX_BITS } from "../wire/message.ts";
import { createVisitProgress } from "./client-progress.ts";
import {
  CONNECTION_FLAGS,
  readPin,
  readPort,
  TRUST_GROUP,
  trustFiles,
} from "./connection-flags.ts";
import { jsonLine, roundSeconds } from "./json.ts";
import type { ClientResult } from "./result-schemas.ts";
import { nameKernelFlag, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

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
  clientCert: fileFlag({
    name: "client-cert",
    fallback: "certs/client-cert.pem",
    group: TRUST_GROUP,
    help: "our certificate",
  }),
  privateKey: fileFlag({
    name: "private-key",
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
  answers: fileFlag({
    name: "answers",
    placeholder: "FILE",
    fallback: undefined,
    shownDefault: "made-up samples",
    help: "JSON, request name to value, all eight",
  }),
  answersTemplate: switchFlag({
    name: "answers-template",
    help: "print such a file to fill in, and do nothing else",
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
  tutorial: switchFlag({
    name: "tutorial",
    help: "show each line and what it is for, and search in the same order every time",
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
      command: "tlslp client --answers-template >answers.json",
      shows: "a file to fill in",
    },
    {
      command: "tlslp client --host intake.example.org --ports 7883 --answers answers.json",
      shows: "the real thing",
    },
  ],
  logs: true,
  misuseToJson: (fault) => toJson(failedVisit(fault), null, fault),
  async run({ flags, variables }, context) {
    if (flags.answersTemplate) {
      await context.print(ANSWERS_TEMPLATE);
      return;
    }
    const report = await attempt(flags, context).catch((thrown: unknown) =>
      // Here too, for the JSON: whoever called us will do the same for stderr.
      failedVisit(nameVariables(thrown, variables)),
    );
    const { signal } = context;
    const failure = report.fault && signal.aborted ? signal.reason : report.fault;
    if (flags.json) {
      await context.print(jsonLine(toJson(report, flags.host, failure)));
    }
    if (failure !== undefined) {
      throw failure;
    }
    if (!flags.json) {
      await context.print(`OK ${report.answered} answered\n`);
    }
  },
});

/** Checks everything that can be checked beforehand, and then makes the visit. */
async function attempt(
  flags: FlagValues<typeof FLAGS>,
  { signal, openLog }: Context,
): Promise<VisitReport> {
  const { host, insecure, ports, maxBits } = flags;
  const timeouts = { work: flags.workTimeout, other: flags.otherTimeout };
  const search = flags.tutorial ? tutorialSearch(flags) : searchOptions(flags);
  await requireKernel(flags.kernel).catch(nameKernelFlag);
  const answers = flags.answers === undefined ? SAMPLE_ANSWERS : await loadAnswers(flags.answers);
  if (insecure) {
    await requireLoopbackHost(host, { seconds: timeouts.other, signal });
  }
  const { expiries, ...credentials } = await readOurs(flags);
  const log = await openLog();
  warnOfExpiries(expiries, log, new Date());
  if (flags.answers === undefined) {
    log.warn("no --answers given: the built-in sample answers will be sent");
  }
  const observe = flags.tutorial ? await showTutorial() : recordClient(log);
  const progress = createVisitProgress(timeouts.work, log, observe);
  return runClient({
    ...credentials,
    host,
    ports,
    pins: flags.pin,
    answers,
    maxBits,
    search: { ...search, onProgress: progress.onProgress },
    timeouts,
    signal,
    observe: progress.observe,
  }).finally(progress.end);
}

/** What checks an answers file is loaded only where there is one. */
async function loadAnswers(path: string): Promise<Answers> {
  const { readAnswers } = await import("../client/answers.ts");
  return readAnswers(path);
}

async function showTutorial(): Promise<ClientObserver> {
  const { showClient } = await import("../tutorial/transcript.ts");
  return showClient(warn);
}

/** A search that finds the same each time. */
function tutorialSearch(flags: FlagValues<typeof SEARCH_FLAGS>): SolveOptions {
  const { threads = TUTORIAL_SEARCH.threads, kernel } = flags;
  if (threads !== TUTORIAL_SEARCH.threads) {
    throw oldFault("usage", "--tutorial searches with one thread: leave --threads out");
  }
  if (kernel !== "auto" && kernel !== TUTORIAL_SEARCH.kernel) {
    throw oldFault(
      "usage",
      `--tutorial searches with the kernel ${TUTORIAL_SEARCH.kernel}: leave --kernel out`,
    );
  }
  return { ...searchOptions(flags), ...TUTORIAL_SEARCH };
}

/** Without verification there is nobody to show a certificate to either. */
async function readOurs(flags: FlagValues<typeof FLAGS>) {
  const trust = trustFiles(flags);
  if (trust === "anybody") {
    return { trust, identity: undefined, expiries: [] };
  }
  return readTlsConfig({
    end: "client",
    cert: { path: flags.clientCert, purpose: "clientCert" },
    key: { path: flags.privateKey, purpose: "clientKey" },
    trust,
  });
}

function toJson(report: VisitReport, host: string | null, failure: unknown): ClientResult {
  const { port, connection, bits, attempts, seconds, answered, fault } = report;
  return {
    outcome: outcomeOf(failure),
    exit_code: failure === undefined ? 0 : exitCodeOf(failure),
    host,
    port: port ?? null,
    tls_version: connection?.tlsVersion ?? null,
    tls_cipher: connection?.cipher ?? null,
    bits,
    attempts,
    seconds: seconds === null ? null : roundSeconds(seconds),
    answered,
    reason: fault?.message ?? null,
  };
}

function outcomeOf(failure: unknown): ClientResult["outcome"] {
  if (failure === undefined) {
    return "ok";
  }
  return failure instanceof Fault ? failure.family : "interrupted";
}

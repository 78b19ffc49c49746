/**
 * `tlslp client`
 */

import { warnOfExpiries, warnOfFindings } from "../certificates/warnings.ts";
import type { Context } from "../cli/command.ts";
import { EXITS, exitCodeOf } from "../cli/exit-code.ts";
import {
  type FlagValues,
  fileFlag,
  readText,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { jsonLine, printNote } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { ANSWERS_TEMPLATE, type Answers, SAMPLE_ANSWERS } from "../client/answers.ts";
import type { ClientObserver } from "../client/events.ts";
import { createClientRecorder } from "../client/records.ts";
import { DEFAULT_PORTS } from "../client/run-client.ts";
import { type ClientReport, failedReport, runSession } from "../client/session.ts";
import type { Voice } from "../fault/define.ts";
import { Fault, sentenceOf, toFault } from "../fault/fault.ts";
import { readPipesAhead } from "../io/input.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import { requireKernel } from "../search/kernels.ts";
import type { SolveOptions } from "../search/solve.ts";
import { roundToMicroseconds } from "../seconds.ts";
import { requireLoopbackHost } from "../tls/hosts.ts";
import { TUTORIAL_SEARCH } from "../tutorial/fixed-values.ts";
import { MAX_BITS } from "../wire/message.ts";
import { createClientProgress } from "./client-progress.ts";
import { CLIENT_TRUST_FLAGS, checkClientTrustFlags, readClientConfig } from "./client-trust.ts";
import { CONNECTION_FLAGS, DEFAULT_HOST, readPorts } from "./connection-flags.ts";
import { explainToInvited, type Invited, readInvited, warnOfExposure } from "./invited.ts";
import type { ClientResult } from "./result-schemas.ts";
import { logSearchWarnings, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

const FLAGS = {
  ...CONNECTION_FLAGS,
  host: { ...CONNECTION_FLAGS.host, fallback: undefined },
  ports: valueFlag(
    {
      name: "ports",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: DEFAULT_PORTS.join(","),
      help: "tried in order until one answers",
    },
    readPorts,
  ),
  ...CLIENT_TRUST_FLAGS,
  answers: fileFlag({
    name: "answers",
    placeholder: "FILE",
    fallback: undefined,
    shownDefault: "made-up samples",
    help: "a JSON object with a value for each of the eight requests",
  }),
  answersTemplate: switchFlag({
    name: "answers-template",
    help: "print an answers file to fill in, and do nothing else",
  }),
  ...SEARCH_FLAGS,
  maxBits: wholeFlag({
    name: "max-bits",
    placeholder: "N",
    fallback: MAX_BITS,
    least: 0,
    most: MAX_BITS,
    group: SEARCH_FLAGS.threads.group,
    help: "refuse a puzzle of more zero bits",
  }),
  tutorial: switchFlag({
    name: "tutorial",
    help: "explain each line, and search in the same order every time",
  }),
  json: switchFlag({
    name: "json",
    help: "print one JSON object at the end instead, also on failure",
  }),
} as const;

export const clientCommand = createCommand({
  meta: { name: "client", description: "solve a server's puzzle and answer its questions" },
  positionals: [
    {
      name: "file",
      help: "an invitation, with all that the client needs; flags, and their variables, win over it",
      offers: "files",
      optional: true,
      read: readText,
    },
  ],
  flags: FLAGS,
  examples: [
    {
      command: "tlslp client alice.tlslp --answers answers.json",
      shows: "the server of an invitation",
    },
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
      shows: "a remote server, with your own answers",
    },
  ],
  logs: true,
  misuseToJson: (fault, voice) => toClientResult(failedReport(fault), null, fault, voice),
  async run({ flags, positionals: [path] }, context) {
    if (flags.answersTemplate) {
      await context.print(ANSWERS_TEMPLATE);
      return;
    }
    const { report, host } = await takePart(flags, path, context);
    const { signal, voice } = context;
    const failure = report.fault && signal.aborted ? signal.reason : report.fault;
    if (flags.json) {
      await context.print(jsonLine(toClientResult(report, host, failure, voice)));
    }
    if (failure !== undefined) {
      throw failure;
    }
    if (!flags.json) {
      await context.print(`OK ${report.answered} answered\n`);
    }
  },
});

/** Runs the client with the flags, and with an invitation if there is one; never throws. */
async function takePart(
  flags: FlagValues<typeof FLAGS>,
  path: string | undefined,
  context: Context,
): Promise<{ readonly report: ClientReport; readonly host: string | null }> {
  let host = flags.host ?? null;
  try {
    checkClientTrustFlags(flags, { isInvited: path !== undefined });
    await readPipesAhead([path], context.signal);
    const invited = path === undefined ? undefined : readInvited(path);
    const settings = completeFlags(flags, invited);
    host = settings.host;
    const report = await checkAndRun(settings, invited, context);
    return { host, report: invited === undefined ? report : explainReport(report, invited, flags) };
  } catch (thrown) {
    return { host, report: failedReport(thrown) };
  }
}

/** Returns the flags, with values of the invitation for those that were not given. */
function completeFlags(
  flags: FlagValues<typeof FLAGS>,
  { host = DEFAULT_HOST, ports = DEFAULT_PORTS, pins = [] }: Partial<Invited> = {},
) {
  return {
    ...flags,
    host: flags.host ?? host,
    ports: flags.ports ?? ports,
    pins: flags.pins.length > 0 ? flags.pins : pins,
  };
}

/** Explains a failure by the invitation, unless flags replaced a part that may have caused it. */
function explainReport(
  report: ClientReport,
  invited: Invited,
  { host, pins, caCert, clientCert }: FlagValues<typeof FLAGS>,
): ClientReport {
  const isReplaced = (host ?? pins[0] ?? caCert ?? clientCert) !== undefined;
  const { fault } = report;
  return fault === undefined || isReplaced
    ? report
    : { ...report, fault: explainToInvited(fault, invited) };
}

/** Checks everything that can be checked before connecting, and then runs the client. */
async function checkAndRun(
  flags: ReturnType<typeof completeFlags>,
  invited: Invited | undefined,
  { signal, openLog }: Context,
): Promise<ClientReport> {
  const { host, insecure, ports, maxBits } = flags;
  const timeouts = { work: flags.workTimeout, other: flags.otherTimeout };
  const search = flags.tutorial ? tutorialSearch(flags) : searchOptions(flags);
  await requireKernel(flags.kernel);
  await readPipesAhead([flags.answers], signal);
  const answers = flags.answers === undefined ? SAMPLE_ANSWERS : await loadAnswers(flags.answers);
  if (insecure) {
    await requireLoopbackHost(host, { seconds: timeouts.other, signal });
  }
  const { identity, trust, ...findings } = await readClientConfig(flags, invited, signal);
  const log = await openLog();
  if (invited !== undefined) {
    warnOfExposure(invited, log);
  }
  warnOfFindings(findings, log);
  warnOfExpiries(findings.expiries, log, new Date());
  if (flags.answers === undefined) {
    log.warn("no --answers given: the built-in sample answers will be sent");
  } else {
    await warnOfRules(answers, log);
  }
  const observe = flags.tutorial ? await showTutorial() : createClientRecorder(log);
  const progress = await createClientProgress(timeouts.work, log, observe);
  return runSession({
    identity,
    trust,
    host,
    ports,
    pins: flags.pins,
    answers,
    maxBits,
    search: { ...search, ...logSearchWarnings(log), onProgress: progress.onProgress },
    timeouts,
    signal,
    observe: progress.observe,
    onObserverError: (thrown) =>
      log.error("an observer failed", { reason: reasonOf(toFault(thrown), log) }),
  }).finally(progress.end);
}

/** Loads the check of an answers file only where there is one. */
async function loadAnswers(path: string): Promise<Answers> {
  const { readAnswers } = await import("../client/check-answers.ts");
  return readAnswers(path);
}

/** Warns where an answer breaks a rule that many servers have (`tlslp server --check`). */
async function warnOfRules(answers: Answers, log: Log): Promise<void> {
  const { checkedQuestions } = await import("../intake/questions/questions.ts");
  const { requests, brokenRule } = checkedQuestions();
  for (const request of requests) {
    const rule = brokenRule(request, answers[request]);
    if (rule !== undefined) {
      log.warn("the server may refuse an answer", { request, rule });
    }
  }
}

async function showTutorial(): Promise<ClientObserver> {
  const { showClient } = await import("../tutorial/transcript.ts");
  return showClient(printNote);
}

/** Returns the options of a search that finds the same suffix each time. */
function tutorialSearch(flags: FlagValues<typeof SEARCH_FLAGS>): SolveOptions {
  const { threads = TUTORIAL_SEARCH.threads, kernel } = flags;
  if (threads !== TUTORIAL_SEARCH.threads) {
    throw new Fault("tutorialFixes", { setting: "threads", value: "one thread" });
  }
  if (kernel !== "auto" && kernel !== TUTORIAL_SEARCH.kernel) {
    const value = `the kernel ${TUTORIAL_SEARCH.kernel}`;
    throw new Fault("tutorialFixes", { setting: "kernel", value });
  }
  return { ...searchOptions(flags), ...TUTORIAL_SEARCH };
}

function toClientResult(
  report: ClientReport,
  host: string | null,
  failure: unknown,
  voice: Voice,
): ClientResult {
  const { port, connection, bits, attempts, seconds, answered, fault } = report;
  return {
    outcome: outcomeOf(failure),
    exit_code: failure === undefined ? EXITS.done.code : exitCodeOf(failure),
    host,
    port: port ?? null,
    tls_version: connection?.tlsVersion ?? null,
    tls_cipher: connection?.cipher ?? null,
    bits: bits ?? null,
    attempts: attempts ?? null,
    seconds: seconds === undefined ? null : roundToMicroseconds(seconds),
    answered,
    reason: fault === undefined ? null : sentenceOf(fault, voice),
  };
}

function outcomeOf(failure: unknown): ClientResult["outcome"] {
  if (failure === undefined) {
    return "ok";
  }
  return failure instanceof Fault ? failure.family : "interrupted";
}

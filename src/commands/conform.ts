/**
 * `tlslp conform`
 */
import { warnOfExpiries, warnOfFindings } from "../certificates/warnings.ts";
import type { Context } from "../cli/command.ts";
import {
  type FlagValues,
  listFlag,
  readText,
  secondsFlag,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { nearest } from "../cli/nearest.ts";
import { jsonLine, printNote } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { CLIENT_RULES } from "../conform/client-rules.ts";
import { countVerdicts, testClient, testServer } from "../conform/conform.ts";
import { withCredentials } from "../conform/credentials-folder.ts";
import type { Finding, RuleText } from "../conform/rule.ts";
import { SERVER_RULES } from "../conform/server-rules.ts";
import { DEFAULT_TIMEOUTS } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import { requireKernel } from "../search/kernels.ts";
import { requireLoopbackHost } from "../tls/hosts.ts";
import { MAX_BITS } from "../wire/message.ts";
import { CLIENT_TRUST_FLAGS, checkClientTrustFlags, readClientConfig } from "./client-trust.ts";
import { findingLine, ruleLine, toConformResult } from "./conform-output.ts";
import { CONNECTION_FLAGS, type HostAndPort, readEndpoint } from "./connection-flags.ts";
import { logSearchWarnings, SEARCH_FLAGS, searchOptions } from "./search-flags.ts";

const MAX_JOBS = 64;

/** In seconds: twice the default time limit of a step. */
const DEFAULT_TIMEOUT = 2 * DEFAULT_TIMEOUTS.other;

const { crl, insecure } = CONNECTION_FLAGS;
const { threads, kernel } = SEARCH_FLAGS;

const FLAGS = {
  server: valueFlag(
    {
      name: "server",
      parts: ["host", "ports"],
      placeholder: "HOST:PORT",
      fallback: undefined,
      help: "test this server",
    },
    (text, setting) => readEndpoint(text, setting, { host: "localhost", leastPort: 1 }),
  ),
  client: switchFlag({ name: "client", help: "test the client that <command> starts" }),
  only: listFlag(
    {
      name: "only",
      placeholder: "RULE",
      separator: ",",
      help: "try only this rule; repeatable",
    },
    readText,
  ),
  list: switchFlag({ name: "list", help: "print all rules, and try none" }),
  timeout: secondsFlag({
    name: "timeout",
    fallback: DEFAULT_TIMEOUT,
    help: "how long each step may take; more than the time limits of the tested program",
  }),
  jobs: wholeFlag({
    name: "jobs",
    placeholder: "N",
    fallback: 1,
    least: 1,
    most: MAX_JOBS,
    help: "how many rules are tried at a time",
  }),
  json: switchFlag({ name: "json", help: "print one JSON object at the end instead" }),
  crl,
  insecure,
  ...CLIENT_TRUST_FLAGS,
  threads,
  kernel,
  maxBits: wholeFlag({
    name: "max-bits",
    placeholder: "N",
    fallback: 24,
    least: 0,
    most: MAX_BITS,
    group: threads.group,
    help: "refuse a puzzle of more zero bits; each rule needs one or two puzzles",
  }),
} as const;

type Flags = FlagValues<typeof FLAGS>;

export const conformCommand = createCommand({
  meta: {
    name: "conform",
    description: "break every rule of the protocol, to test a server or a client",
  },
  positionals: [
    {
      name: "command",
      help: "the client and its arguments, where {host} and {port} are replaced, and {ca}, {cert}, {key} and {dir} too",
      optional: true,
      repeatable: true,
      read: readText,
    },
  ],
  flags: FLAGS,
  examples: [
    {
      command: "tlslp conform --server localhost:1234",
      shows: "a server with few bits, and the certificates of tlslp certs",
    },
    {
      command: "tlslp conform --client -- ./my-client --ca {ca} {host} {port}",
      shows: "a client, started once for each rule",
    },
    { command: "tlslp conform --list", shows: "the rules" },
  ],
  logs: true,
  async run({ flags, positionals: [command] }, context) {
    checkCombination(flags, command);
    if (flags.list) {
      const rules: readonly RuleText[] = [...SERVER_RULES, ...CLIENT_RULES];
      await context.print(selected(rules, flags.only).map(ruleLine).join(""));
      return;
    }
    const findings: Finding[] = [];
    const options = {
      jobs: flags.jobs,
      signal: context.signal,
      async report(finding: Finding) {
        findings.push(finding);
        if (!flags.json) {
          await context.print(findingLine(finding));
        }
      },
    };
    const { server } = flags;
    if (server === undefined) {
      const rules = selected(CLIENT_RULES, flags.only);
      await withCredentials((credentials) =>
        testClient(
          { ...credentials, command, seconds: flags.timeout, signal: context.signal },
          rules,
          options,
        ),
      );
    } else {
      const rules = selected(SERVER_RULES, flags.only);
      await testServer(await readTarget(server, flags, context), rules, options);
    }
    if (flags.json) {
      await context.print(jsonLine(toConformResult(server ? "server" : "client", findings)));
    }
    summarize(findings);
  },
});

function checkCombination(flags: Flags, command: readonly string[]): void {
  const [word] = command;
  if (flags.list && flags.json) {
    throw new Fault("exclusive", { settings: ["list", "json"] });
  }
  if (flags.list && flags.client) {
    throw new Fault("exclusive", { settings: ["list", "client"] });
  }
  if (flags.list && flags.server !== undefined) {
    throw new Fault("exclusive", { settings: ["list", "server"] });
  }
  if (flags.server !== undefined && flags.client) {
    throw new Fault("exclusive", { settings: ["server", "client"] });
  }
  if (word !== undefined && !flags.client) {
    throw new Fault("unexpectedArgument", { word });
  }
  if (flags.list) {
    return;
  }
  if (flags.server === undefined && !flags.client) {
    throw new Fault("noProgram", {});
  }
  if (flags.client && word === undefined) {
    throw new Fault("argumentMissing", { name: "command", help: "the client to test" });
  }
}

/** Returns the rules with these names; all of them if there are no names. */
function selected<R extends RuleText>(rules: readonly R[], only: readonly string[]): readonly R[] {
  const ids = rules.map(({ id }) => id);
  for (const value of only) {
    if (!ids.includes(value)) {
      throw new Fault("noRule", { setting: "only", value, nearest: nearest(value, ids) });
    }
  }
  return only.length === 0 ? rules : rules.filter(({ id }) => only.includes(id));
}

/** Reads all that is needed to be a client of the server under test. */
async function readTarget({ host, port }: HostAndPort, flags: Flags, { signal, openLog }: Context) {
  checkClientTrustFlags(flags, { isInvited: false });
  await requireKernel(flags.kernel);
  if (flags.insecure) {
    await requireLoopbackHost(host, { seconds: flags.timeout, signal });
  }
  const { identity, trust, ...findings } = await readClientConfig(flags, undefined, signal);
  const log = await openLog();
  warnOfFindings(findings, log);
  warnOfExpiries(findings.expiries, log, new Date());
  log.warn("the built-in sample answers will be sent to the server");
  return {
    host,
    ports: [port],
    identity,
    trust,
    pins: flags.pins,
    maxBits: flags.maxBits,
    search: {
      ...searchOptions({ ...flags, maxSuffix: SEARCH_FLAGS.maxSuffix.fallback }),
      ...logSearchWarnings(log),
    },
    timeouts: { work: DEFAULT_TIMEOUTS.work, other: flags.timeout },
    signal,
  };
}

/** Says how many rules hold; throws unless all do. */
function summarize(findings: readonly Finding[]): void {
  const { broken, unknown } = countVerdicts(findings);
  const total = findings.length;
  if (broken > 0) {
    throw new Fault("rulesBroken", { count: broken, total });
  }
  if (unknown > 0) {
    throw new Fault("rulesUnknown", { count: unknown, total });
  }
  printNote(`tlslp: ${total === 1 ? "the rule holds" : `all ${total} rules hold`}\n`);
}

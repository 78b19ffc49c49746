/**
 * Tests a server or a client against the rules of the protocol. The rules are data; see
 * `server-rules.ts` and `client-rules.ts`.
 */
import { Fault, isFault, toFault } from "../fault/fault.ts";
import { formatEndpoint } from "../tls/hosts.ts";
import { type ClientTarget, tryClientRule } from "./check-client.ts";
import { holdRightSession, tryServerRule } from "./check-server.ts";
import type { ClientRule } from "./client-rule.ts";
import { CLIENT_SESSION } from "./client-rules.ts";
import { broken, type Finding, HOLDS, Untried, unknown, type Verdict } from "./rule.ts";
import { type RunOptions, tryRules } from "./run.ts";
import { SERVER_SESSION, type ServerRule } from "./server-rules.ts";
import type { ServerTarget } from "./target.ts";

/**
 * Tests a server.
 *
 * @throws {Fault} when it cannot be reached, or refuses clients that keep the rules
 */
export async function testServer(
  target: ServerTarget,
  rules: readonly ServerRule[],
  options: RunOptions,
): Promise<void> {
  const session = await trySession(target);
  const attempt = async (rule: ServerRule): Promise<Verdict> => {
    if (rule.id === SERVER_SESSION.id) {
      return session;
    }
    return session.verdict === "holds"
      ? tryServerRule(rule, target)
      : unknown("a right session failed");
  };
  await tryRules(rules, attempt, options);
}

async function trySession(target: ServerTarget): Promise<Verdict> {
  try {
    await holdRightSession(target);
    return HOLDS;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (isFault(fault, "noServer")) {
      const [port = 0] = target.ports;
      throw new Fault("noAnswer", { endpoint: formatEndpoint(target.host, port) });
    }
    if (fault.family === "protocol" && !isFault(fault, "tooManyBits")) {
      return broken(fault.message, "a right session");
    }
    throw fault;
  }
}

/**
 * Tests a client: its command is started once for each rule.
 *
 * @throws {Fault} when it cannot be started, or does not connect
 */
export async function testClient(
  target: ClientTarget,
  rules: readonly ClientRule[],
  options: RunOptions,
): Promise<void> {
  const session = await tryClientRule(CLIENT_SESSION, target).catch((thrown) => {
    throw thrown instanceof Untried ? new Fault("noClient", { reason: thrown.message }) : thrown;
  });
  const attempt = async (rule: ClientRule): Promise<Verdict> =>
    rule.id === CLIENT_SESSION.id ? session : tryClientRule(rule, target);
  await tryRules(rules, attempt, options);
}

/** Counts the findings of each verdict. */
export function countVerdicts(findings: readonly Finding[]) {
  const count = (name: Verdict["verdict"]) =>
    findings.filter(({ verdict }) => verdict.verdict === name).length;
  return { holds: count("holds"), broken: count("broken"), unknown: count("unknown") };
}

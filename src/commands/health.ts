/**
 * `tlslp health`: for containers, which have no other program that could ask.
 */
import { get } from "node:http";
import { secondsFlag, valueFlag } from "../cli/flag.ts";
import { createCommand } from "../cli/run.ts";
import { withTimeout } from "../deadline.ts";
import { errorCode, Fault } from "../fault/fault.ts";
import { formatEndpoint } from "../tls/hosts.ts";
import type { HostAndPort } from "./connection-flags.ts";
import { readMetricsAddress } from "./server-flags.ts";

/** Hosts that a server binds to be reached on all addresses, and the one to reach it on. */
const REACHABLE: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

const DEFAULT_ADDRESS: HostAndPort = { host: "127.0.0.1", port: 9464 };

export const healthCommand = createCommand({
  meta: {
    name: "health",
    description: "ask a server on this machine whether it serves new clients",
  },
  positionals: [],
  flags: {
    metrics: valueFlag(
      {
        name: "metrics",
        placeholder: "[HOST:]PORT",
        fallback: DEFAULT_ADDRESS,
        shownDefault: "127.0.0.1:9464",
        help: "the address that the server has in its own --metrics",
      },
      readMetricsAddress,
    ),
    timeout: secondsFlag({ name: "timeout", fallback: 5, help: "fail after this time" }),
  },
  examples: [
    {
      command: "tlslp health --metrics 9464",
      shows: "prints ready, for a server with --metrics 9464",
    },
  ],
  async run({ flags: { metrics, timeout } }, { signal, print }) {
    const host = REACHABLE[metrics.host] ?? metrics.host;
    const endpoint = formatEndpoint(host, metrics.port);
    const stop = new AbortController();
    const answer = askForStatus(host, metrics.port, stop.signal).catch((cause) => {
      throw new Fault("monitorUnreachable", { endpoint, code: errorCode(cause) }, { cause });
    });
    const deadline = { seconds: timeout, step: "the server", signal };
    const status = await withTimeout(deadline, answer).finally(() => stop.abort());
    if (status !== 200) {
      throw new Fault("notReady", { endpoint });
    }
    await print("ready\n");
  },
});

/**
 * Returns the status of the answer. (`fetch` would send the request to a proxy that the environment
 * names.)
 */
function askForStatus(host: string, port: number, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = get({ host, port, path: "/readyz", signal, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  request.on("error", reject);
  return promise;
}

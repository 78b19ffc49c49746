/**
 * `tlslp server`
 */
import { defineCommand } from "../cli/command.ts";
import { warn } from "../cli/output.ts";
import type { Monitor } from "../metrics/monitor.ts";
import { createRecorder } from "../service/records.ts";
import { createServer } from "../service/server.ts";
import { openSupervision } from "../service/supervision.ts";
import { watchCertificates } from "../service/watch.ts";
import { readCredentials } from "../tls/credentials.ts";
import { formatEndpoint, requireLoopbackHost, resolveHost } from "../tls/loopback.ts";
import type { OnlySession } from "../tutorial/session.ts";
import { ownFile, trustFiles } from "./connection-flags.ts";
import { readPlanSettings } from "./plan-flags.ts";
import { type HostAndPort, readCapacity, requireEffect, SERVER_FLAGS } from "./server-flags.ts";

export const serverCommand = defineCommand({
  name: "server",
  summary: "make clients work, ask them, check their answers",
  positionals: [],
  flags: SERVER_FLAGS,
  logs: true,
  exitCodes: { SIGTERM: 0 },
  examples: [
    { command: "tlslp certs && tlslp server", shows: "on this machine, with fresh certificates" },
    {
      command: "tlslp server --host 0.0.0.0 --port 7883 --bits 32",
      shows: "for everybody who has a certificate",
    },
  ],
  async run({ flags }, { signal, print, openLog, onHangup, notifySocket }) {
    const { host, insecure, workTimeout, otherTimeout } = flags;
    const settings = readPlanSettings(flags);
    requireEffect(flags);
    const trusted = trustFiles(flags);
    const lookup = { seconds: otherTimeout, signal };
    if (insecure) {
      await requireLoopbackHost(host, lookup);
    }
    const read = () =>
      readCredentials({
        cert: ownFile(flags.serverCert, "the server certificate"),
        key: ownFile(flags.serverKey, "the server key"),
        trust: trusted,
      });
    const { identity, trust, expiries } = await read();
    const log = await openLog();
    const recorder = createRecorder(log);
    const only = flags.tutorial ? await startTutorial() : undefined;
    const watch = only?.observe ?? recorder.observe;
    let isServing = false;
    const isReady = () => isServing && !signal.aborted;
    const monitor = flags.metrics && (await startMetrics(flags.metrics, lookup, isReady));
    if (flags.metrics !== undefined && monitor !== undefined) {
      const at = formatEndpoint(flags.metrics.host, monitor.port);
      log.info("serving metrics", { at: `http://${at}/metrics` });
    }
    const service = await createServer({
      ...settings,
      host,
      port: flags.port,
      identity,
      trust,
      limits: { work: workTimeout, other: otherTimeout },
      allowedClients: flags.allowClient,
      reusePort: flags.reusePort,
      capacity: readCapacity(flags),
      signal,
      observe(event) {
        watch(event);
        monitor?.observe(event);
      },
    });
    isServing = true;
    const certificates = watchCertificates({ expiries, read, renew: service.renew, log });
    const tell = await openSupervision(notifySocket, log);
    onHangup(async () => {
      if (signal.aborted) {
        return;
      }
      await tell("reloading");
      await certificates.reload();
      await tell("ready");
    });
    print(`listening on ${formatEndpoint(host, service.port)}\n`);
    await tell("ready");
    const interrupted = aborted(signal);
    await (only === undefined ? interrupted : Promise.race([interrupted, only.end(service)]));
    if (signal.aborted) {
      log.info("shutting down", { grace: flags.grace });
      certificates.stop();
      await Promise.all([tell("stopping"), service.drain(flags.grace)]);
    }
    recorder.flush();
    monitor?.stop();
    signal.throwIfAborted();
  },
});

/** Nothing of it is loaded where nobody wants it. */
async function startMetrics(
  { host, port }: HostAndPort,
  lookup: Parameters<typeof resolveHost>[1],
  isReady: () => boolean,
): Promise<Monitor> {
  const { startMonitor } = await import("../metrics/monitor.ts");
  const [address] = await resolveHost(host, lookup);
  return startMonitor({ address, port, isReady });
}

/** A tutorial's session is shown instead of recorded. */
async function startTutorial(): Promise<OnlySession> {
  const { createOnlySession } = await import("../tutorial/session.ts");
  return createOnlySession(warn);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * `tlslp server`
 */

import { readTlsConfig } from "../certificates/tls-config.ts";
import { defineCommand } from "../cli/command.ts";
import { warn } from "../cli/output.ts";
import type { Log } from "../log/log.ts";
import type { Monitor } from "../metrics/monitor.ts";
import { watchCertificates } from "../server/certificate-reload.ts";
import type { ServerObserver } from "../server/events.ts";
import { createRecorder } from "../server/records.ts";
import { createServer } from "../server/server.ts";
import type { Server } from "../server/sessions.ts";
import { openSupervision } from "../server/systemd.ts";
import { formatEndpoint, requireLoopbackHost, resolveHost } from "../tls/hosts.ts";
import type { OnlySession } from "../tutorial/session.ts";
import { trustFiles } from "./connection-flags.ts";
import { readPlanSettings } from "./plan-flags.ts";
import {
  type HostAndPort,
  readCapacity,
  requireEffect,
  SERVER_FLAGS,
  type ServerFlags,
} from "./server-flags.ts";

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
  async run({ flags }, context) {
    const { signal, print } = context;
    const settings = readPlanSettings(flags);
    requireEffect(flags);
    const read = await checkIdentity(flags, signal);
    const { identity, trust, expiries } = await read();
    const log = await context.openLog();
    const audience = await gatherAudience(flags, log, signal);
    const service = await createServer({
      ...settings,
      host: flags.host,
      port: flags.port,
      identity,
      trust,
      timeouts: { work: flags.workTimeout, other: flags.otherTimeout },
      allowedClients: flags.allowClient,
      reusePort: flags.reusePort,
      capacity: readCapacity(flags),
      signal,
      observe: audience.observe,
    });
    audience.welcome();
    const certificates = watchCertificates({ expiries, read, renew: service.renew, log });
    const tell = await openSupervision(context.notifySocket, log);
    context.onHangup(async () => {
      if (!signal.aborted) {
        await tell("reloading");
        await certificates.reload();
        await tell("ready");
      }
    });
    await print(`listening on ${formatEndpoint(flags.host, service.port)}\n`);
    await tell("ready");
    await Promise.race([aborted(signal), audience.leaves(service)]);
    if (signal.aborted) {
      log.info("shutting down", { grace: flags.grace });
      certificates.stop();
      await Promise.all([tell("stopping"), service.drain(flags.grace)]);
    }
    audience.dismiss();
    signal.throwIfAborted();
  },
});

/** How to read the files that say who we are and whom we believe, once the flags are found sound. */
async function checkIdentity(flags: ServerFlags, signal: AbortSignal) {
  const trust = trustFiles(flags);
  if (flags.insecure) {
    await requireLoopbackHost(flags.host, { seconds: flags.otherTimeout, signal });
  }
  return () =>
    readTlsConfig({
      end: "server",
      cert: { path: flags.serverCert, purpose: "serverCert" },
      key: { path: flags.serverKey, purpose: "serverKey" },
      trust,
    });
}

/** Who is told of what happens: the log, or who follows the tutorial; and who asks for metrics. */
interface Audience {
  readonly observe: ServerObserver;
  /** From now on there is something to see. */
  welcome(): void;
  /** Resolves when it has seen all that it came for; never, for most. */
  leaves(service: Server): Promise<void>;
  dismiss(): void;
}

async function gatherAudience(
  flags: ServerFlags,
  log: Log,
  signal: AbortSignal,
): Promise<Audience> {
  const recorder = createRecorder(log);
  const only = flags.tutorial ? await startTutorial() : undefined;
  const watch = only?.observe ?? recorder.observe;
  let isServing = false;
  const isReady = () => isServing && !signal.aborted;
  const lookup = { seconds: flags.otherTimeout, signal };
  const monitor = flags.metrics && (await startMetrics(flags.metrics, lookup, isReady));
  if (flags.metrics !== undefined && monitor !== undefined) {
    const at = formatEndpoint(flags.metrics.host, monitor.port);
    log.info("serving metrics", { at: `http://${at}/metrics` });
  }
  return {
    observe(event) {
      watch(event);
      monitor?.observe(event);
    },
    welcome() {
      isServing = true;
    },
    leaves: (service) => only?.end(service) ?? new Promise(() => undefined),
    dismiss() {
      recorder.flush();
      monitor?.stop();
    },
  };
}

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

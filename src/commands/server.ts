/**
 * `tlslp server`
 */

import { readTlsConfig } from "../certificates/tls-config.ts";
import { hintFor } from "../cli/hints.ts";
import { printNote } from "../cli/output.ts";
import { createCommand } from "../cli/run.ts";
import { toFault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import { watchFiles } from "../io/file-watch.ts";
import { readPipesAhead } from "../io/input.ts";
import { createPasswords } from "../io/password.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import type { Monitor } from "../metrics/monitor.ts";
import { createCertificateReloader } from "../server/certificate-reload.ts";
import type { ServerObserver } from "../server/events.ts";
import { recordStore } from "../server/intake-records.ts";
import { createServerRecorder } from "../server/records.ts";
import { requireEffect, type Server, startServer } from "../server/start-server.ts";
import { openNotifier } from "../server/systemd.ts";
import { formatEndpoint, requireLoopbackHost, resolveHost } from "../tls/hosts.ts";
import type { TutorialSession } from "../tutorial/session.ts";
import { type HostAndPort, trustFiles } from "./connection-flags.ts";
import { readIntakeSettings } from "./intake-flags.ts";
import { readPlanSettings } from "./plan-flags.ts";
import {
  anonymityOf,
  CRL_REFRESH,
  DEFAULT_KEY,
  SERVER_FLAGS,
  type ServerFlags,
} from "./server-flags.ts";

export const serverCommand = createCommand({
  meta: { name: "server", description: "give clients a puzzle, ask them, and keep their answers" },
  positionals: [],
  flags: SERVER_FLAGS,
  logs: true,
  exitCodes: { SIGTERM: 0 },
  examples: [
    { command: "tlslp certs && tlslp server", shows: "on this machine, with fresh certificates" },
    {
      command: "tlslp server --host 0.0.0.0 --port 7883 --bits 32",
      shows: "for every client with a certificate",
    },
    {
      command: "tlslp server --store sqlite:answers.db --check --passes 1",
      shows: "an intake: each person answers once, and answers are checked",
    },
  ],
  async run({ flags }, context) {
    const { signal, print, voice } = context;
    if (flags.questionsTemplate) {
      const { QUESTIONS_TEMPLATE } = await import("../intake/questions/questions.ts");
      await print(QUESTIONS_TEMPLATE);
      return;
    }
    const plan = readPlanSettings(flags);
    const anonymity = anonymityOf(flags);
    requireEffect({ ...flags, anonymity });
    const intake = readIntakeSettings({ ...flags, anonymity });
    const read = await createConfigReader(flags, anonymity, signal);
    const lists = watchLists(flags);
    await readPipesAhead(inputPaths(flags, anonymity), signal);
    const loaded = await read();
    const { identity, trust } = loaded;
    const log = await context.openLog();
    const observers = await createObservers(flags, log, signal);
    const server = await startServer({
      plan,
      intake,
      host: flags.host,
      ports: flags.ports ?? [flags.port],
      identity,
      trust,
      anonymity,
      timeouts: { work: flags.workTimeout, other: flags.otherTimeout },
      allowedClients: flags.allowedClients,
      reusePort: flags.reusePort,
      maxSessions: flags.maxSessions,
      maxSessionsPerAddress: flags.maxSessionsPerAddress,
      signal,
      onFilesRead: observers.startMetrics,
      observe: observers.observe,
      onObserverError: (thrown) =>
        log.error("an observer failed", { reason: reasonOf(toFault(thrown), log) }),
    });
    observers.setReady(server);
    const certificates = createCertificateReloader({
      loaded,
      read,
      lists,
      use: server.reload,
      hintFor: (fault) => hintFor(fault, voice),
      log,
      observe: observers.observe,
    });
    const notify = await openNotifier(context.notifySocket, log);
    await context.onHangup(async () => {
      if (!signal.aborted) {
        await notify("reloading");
        await certificates.reload();
        await notify("ready");
      }
    });
    if (anonymity === "clients") {
      log.warn("everybody may take part: clients show no certificate");
    }
    const endpoints = server.ports.map((port) => formatEndpoint(flags.host, port));
    await print(endpoints.map((endpoint) => `listening on ${endpoint}\n`).join(""));
    if (!flags.tutorial) {
      recordStore(log, server);
    }
    await notify("ready");
    await Promise.race([aborted(signal), observers.ended(server)]);
    if (signal.aborted) {
      log.info("shutting down", { grace: flags.grace });
      certificates.stop();
      await Promise.all([notify("stopping"), server.drain(flags.grace)]);
    }
    observers.stop();
    signal.throwIfAborted();
  },
});

/** Checks the flags about certificates. Returns a function that reads the files at each reload. */
async function createConfigReader(
  flags: ServerFlags,
  anonymity: Anonymity | undefined,
  signal: AbortSignal,
) {
  if (flags.insecure) {
    await requireLoopbackHost(flags.host, { seconds: flags.otherTimeout, signal });
  }
  const passwords = createPasswords(process.env, signal);
  let password = passwords.ask;
  return async () => {
    const config = await readTlsConfig({
      end: "server",
      cert: { path: flags.serverCert, purpose: "serverCert" },
      key: { path: flags.serverKey ?? DEFAULT_KEY, purpose: "serverKey" },
      isKeyOptional: flags.serverKey === undefined,
      password,
      trust: anonymity === undefined ? trustFiles(flags) : "anybody",
    });
    password = passwords.repeat;
    return config;
  };
}

/** Returns the paths of all files that a server reads. */
function inputPaths(
  { serverCert, serverKey, caCert, crl, questions, receipts }: ServerFlags,
  anonymity: Anonymity | undefined,
): readonly (string | undefined)[] {
  const trusted = anonymity === undefined ? [caCert, ...crl] : [];
  return [serverCert, serverKey, ...trusted, questions, receipts];
}

/** Notes the state of the lists of revoked certificates, if there are any. */
function watchLists({ crl, crlRefresh: refresh = CRL_REFRESH }: ServerFlags) {
  return crl.length === 0 ? undefined : { watch: watchFiles(crl), refresh };
}

/** The observers of a server: the log or the tutorial, and the metrics. */
interface Observers {
  readonly observe: ServerObserver;
  /** Serves the metrics, if they are asked for. */
  startMetrics(): Promise<void>;
  /** Makes the metrics report that the server is ready, while its store works. */
  setReady(server: Server): void;
  /** Resolves when the only session of a tutorial has ended; without a tutorial never. */
  ended(server: Server): Promise<void>;
  stop(): void;
}

async function createObservers(
  flags: ServerFlags,
  log: Log,
  signal: AbortSignal,
): Promise<Observers> {
  const recorder = createServerRecorder(log);
  const tutorial = flags.tutorial ? await startTutorial() : undefined;
  // A tutorial's session is shown instead of recorded.
  const show = tutorial?.observe ?? recorder.observe;
  let started: Server | undefined;
  const isReady = () => started?.health.isOk === true && !signal.aborted;
  let monitor: Monitor | undefined;
  return {
    async startMetrics() {
      if (flags.metrics !== undefined) {
        const lookup = { seconds: flags.otherTimeout, signal };
        monitor = await startMetrics(flags.metrics, lookup, isReady);
        const at = formatEndpoint(flags.metrics.host, monitor.port);
        log.info("serving metrics", { at: `http://${at}/metrics` });
      }
    },
    observe(event) {
      show(event);
      monitor?.observe(event);
    },
    setReady(server) {
      started = server;
    },
    ended: (server) => tutorial?.end(server) ?? new Promise(() => undefined),
    stop() {
      recorder.flush();
      monitor?.stop();
    },
  };
}

/** Loads the metrics only where they are asked for. */
async function startMetrics(
  { host, port }: HostAndPort,
  lookup: Parameters<typeof resolveHost>[1],
  isReady: () => boolean,
): Promise<Monitor> {
  const { startMonitor } = await import("../metrics/monitor.ts");
  const [address] = await resolveHost(host, lookup);
  return startMonitor({ address, port, isReady });
}

async function startTutorial(): Promise<TutorialSession> {
  const { createTutorialSession } = await import("../tutorial/session.ts");
  return createTutorialSession(printNote);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

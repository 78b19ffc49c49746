/**
 * A server's metrics over HTTP, for monitoring alone: GET and HEAD on three paths. It has a fixed
 * number of connections, each for a short time, so that it cannot take the file descriptors that
 * clients need. Bun.serve has no such limit, hence node:http.
 *
 * @module tlslp/metrics
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { errorCode, Fault } from "../fault/fault.ts";
import type { ServerObserver } from "../server/events.ts";
import { formatEndpoint } from "../tls/hosts.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

/**
 * Where metrics are served.
 *
 * @example
 * ```ts
 * const monitor = await startMonitor({ address: "127.0.0.1", port: 9100, isReady: () => true });
 * const server = await createServer({ ..., observe: monitor.observe });
 * ```
 */
export interface MonitorOptions {
  /** The IP address to listen on. */
  readonly address: string;
  /** 0 to 65535; 0: a free port, which `Monitor.port` tells. */
  readonly port: number;
  /** Whether new clients are served: /readyz answers 200 if so, and 503 if not. */
  readonly isReady: () => boolean;
  /** Seconds that a request may take to arrive, and that a connection may be silent; default 10. */
  readonly timeout?: number | undefined;
}

/** Metrics that are served. */
export interface Monitor {
  /** The port on which they are served. */
  readonly port: number;
  /** Counts a server's events: to be given to `createServer`. */
  readonly observe: ServerObserver;
  /** Closes the port and every connection. */
  stop(): void;
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Connections at a time; `tls/open-files.ts` reserves descriptors for them. @internal */
export const MAX_CONNECTIONS = 32;

const DEFAULT_TIMEOUT = 10;

/** Milliseconds between two looks for requests that arrive too slowly. */
const CHECK_INTERVAL = 1000;

const INTERNAL_ERROR = page(500, "internal error");

/**
 * Starts to count, and to serve the counts.
 *
 * @throws {Fault} "transport" when it cannot listen
 */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  return serveMetrics(createMetrics(), options);
}

/** Serves the given metrics; throws as `startMonitor` does. @internal */
export async function serveMetrics(metrics: Metrics, options: MonitorOptions): Promise<Monitor> {
  const { address, port, isReady, timeout = DEFAULT_TIMEOUT } = options;
  const milliseconds = timeout * 1000;
  const choosePage = createPages(metrics, isReady);
  const limits = {
    headersTimeout: milliseconds,
    requestTimeout: milliseconds,
    keepAliveTimeout: milliseconds,
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  const server = createServer(limits, async (request, response) => {
    const { status, text, headers } = await choosePage(request).catch(() => INTERNAL_ERROR);
    const length = { "content-length": Buffer.byteLength(text) };
    response.writeHead(status, { ...headers, ...length }).end(text);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = milliseconds;
  try {
    server.listen({ host: address, port });
    await once(server, "listening");
  } catch (cause) {
    const endpoint = formatEndpoint(address, port);
    throw new Fault("cannotServeMetrics", { endpoint, code: errorCode(cause) }, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    observe: metrics.observe,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Chooses the page that answers a request. */
function createPages(metrics: Metrics, isReady: () => boolean) {
  const pages = new Map<string, () => Page | Promise<Page>>([
    [
      "/metrics",
      async () => ({
        status: 200,
        text: await metrics.render(),
        headers: { "content-type": metrics.contentType },
      }),
    ],
    ["/healthz", () => page(200, "alive")],
    ["/readyz", () => (isReady() ? page(200, "ready") : page(503, "not ready"))],
  ]);

  return async ({ url = "", method, headers }: IncomingMessage): Promise<Page> => {
    if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0) {
      return page(413, "a request must have no body", { connection: "close" });
    }
    const makePage = pages.get(URL.parse(url, "http://tlslp")?.pathname ?? "");
    if (makePage === undefined) {
      return page(404, `the paths are ${[...pages.keys()].join(", ")}`);
    }
    if (method !== "GET" && method !== "HEAD") {
      return page(405, "GET and HEAD only", { allow: "GET, HEAD" });
    }
    return makePage();
  };
}

function page(status: number, text: string, headers: OutgoingHttpHeaders = {}): Page {
  return {
    status,
    text: `${text}\n`,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  };
}

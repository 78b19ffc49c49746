/**
 * The HTTP end of the metrics, for monitoring alone: it answers GET and HEAD on three paths. Whoever
 * reaches it has but a few connections, and each of them for a short time: it must not take the
 * file descriptors that clients need. Hence node:http: Bun.serve takes connections without end.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { errorCode, type Fault, oldFault } from "../fault/fault.ts";
import { formatEndpoint } from "../tls/hosts.ts";
import type { Metrics } from "./metrics.ts";

export interface EndpointOptions {
  /** An IP address. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** Whether new clients are served. */
  readonly isReady: () => boolean;
  /** Seconds that a request may take to come in, and a connection may be silent; default 10. */
  readonly limit?: number;
}

export interface Endpoint {
  readonly port: number;
  stop(): void;
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Monitors are few; those beyond are closed at once. The reserve in `descriptors.ts` has room. */
export const MAX_CONNECTIONS = 32;

const DEFAULT_LIMIT = 10;

const INTERNAL_ERROR = page(500, "internal error");

/** How often requests that come in slowly are looked at, in milliseconds. */
const CHECK_INTERVAL = 1000;

/** Throws a transport fault when it cannot listen. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { address, port, limit = DEFAULT_LIMIT } = options;
  const milliseconds = limit * 1000;
  const choose = createPages(options);
  const limits = {
    headersTimeout: milliseconds,
    requestTimeout: milliseconds,
    keepAliveTimeout: milliseconds,
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  const server = createServer(limits, async (request, response) => {
    const { status, text, headers } = await choose(request).catch(() => INTERNAL_ERROR);
    const length = { "content-length": Buffer.byteLength(text) };
    response.writeHead(status, { ...headers, ...length }).end(text);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = milliseconds;
  try {
    server.listen({ host: address, port });
    await once(server, "listening");
  } catch (cause) {
    throw bindFault(formatEndpoint(address, port), cause);
  }
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Which page answers a request. */
function createPages({ metrics, isReady }: EndpointOptions) {
  const pages: Readonly<Record<string, () => Page | Promise<Page>>> = {
    "/metrics": async () => ({
      status: 200,
      text: await metrics.render(),
      headers: { "content-type": metrics.contentType },
    }),
    "/healthz": () => page(200, "alive"),
    "/readyz": () => (isReady() ? page(200, "ready") : page(503, "draining")),
  };

  return async ({ url = "", method, headers }: IncomingMessage): Promise<Page> => {
    if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0) {
      return page(413, "no body is read", { connection: "close" });
    }
    const pathname = URL.parse(url, "http://tlslp")?.pathname ?? "";
    const show = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
    if (show === undefined) {
      return page(404, "there are /metrics, /healthz and /readyz");
    }
    if (method !== "GET" && method !== "HEAD") {
      return page(405, "GET and HEAD only", { allow: "GET, HEAD" });
    }
    return show();
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EADDRNOTAVAIL: "not an address of this machine",
  EACCES: "permission denied",
};

function bindFault(endpoint: string, cause: unknown): Fault {
  const code = errorCode(cause);
  return oldFault("transport", `cannot serve metrics on ${endpoint}: ${REASONS[code] ?? code}`, {
    hint: Object.hasOwn(REASONS, code) ? "choose another with --metrics" : undefined,
    cause,
  });
}

function page(status: number, text: string, headers: OutgoingHttpHeaders = {}): Page {
  return {
    status,
    text: `${text}\n`,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  };
}

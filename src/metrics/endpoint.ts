/**
 * The HTTP end of the metrics, for monitoring alone: it answers GET and HEAD on three paths.
 */
import { errorCode, Fault } from "../fault.ts";
import { formatEndpoint } from "../tls/loopback.ts";
import type { Metrics } from "./metrics.ts";

export interface EndpointOptions {
  /** An IP address. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** Whether new clients are served. */
  readonly isReady: () => boolean;
}

export interface Endpoint {
  readonly port: number;
  stop(): void;
}

/** How long a connection may be silent, in seconds. */
const IDLE_LIMIT = 10;

/** Throws a transport fault when it cannot listen. */
export function startEndpoint({ address, port, metrics, isReady }: EndpointOptions): Endpoint {
  const pages: Readonly<Record<string, () => Response | Promise<Response>>> = {
    "/metrics": async () =>
      new Response(await metrics.render(), { headers: { "content-type": metrics.contentType } }),
    "/healthz": () => page(200, "alive"),
    "/readyz": () => (isReady() ? page(200, "ready") : page(503, "draining")),
  };

  function answer(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    const show = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
    if (show === undefined) {
      return page(404, "there are /metrics, /healthz and /readyz");
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return page(405, "GET and HEAD only", { allow: "GET, HEAD" });
    }
    return show();
  }

  try {
    const server = Bun.serve({
      hostname: address,
      port,
      fetch: answer,
      error: () => page(500, "internal error"),
      idleTimeout: IDLE_LIMIT,
      maxRequestBodySize: 1,
      development: false,
      reusePort: false, // what is not said is true outside of development
    });
    return { port: server.port ?? port, stop: () => void server.stop(true) };
  } catch (cause) {
    throw bindFault(formatEndpoint(address, port), cause);
  }
}

function bindFault(endpoint: string, cause: unknown): Fault {
  const code = errorCode(cause);
  const isTaken = code === "EADDRINUSE";
  const why = isTaken ? "the port is in use" : code;
  return new Fault("transport", `cannot serve metrics on ${endpoint}: ${why}`, {
    hint: isTaken ? "choose another with --metrics" : undefined,
    cause,
  });
}

function page(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

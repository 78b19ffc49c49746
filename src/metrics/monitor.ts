/**
 * All that monitoring sees of a server; loaded only where somebody wants to see it.
 */
import type { ServerObserver } from "../server/events.ts";
import { type EndpointOptions, startEndpoint } from "./endpoint.ts";
import { createMetrics } from "./metrics.ts";

export interface Monitor {
  /** Where it listens. */
  readonly port: number;
  readonly observe: ServerObserver;
  stop(): void;
}

/** Throws a transport fault when it cannot listen. */
export async function startMonitor(options: Omit<EndpointOptions, "metrics">): Promise<Monitor> {
  const metrics = createMetrics();
  const { port, stop } = await startEndpoint({ ...options, metrics });
  return { port, stop, observe: metrics.observe };
}

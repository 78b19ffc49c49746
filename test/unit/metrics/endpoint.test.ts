import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { type EndpointOptions, startEndpoint } from "../../../src/metrics/endpoint.ts";
import type { Metrics } from "../../../src/metrics/metrics.ts";
import { faultOf, summary } from "../../support/faults.ts";

const METRICS: Metrics = {
  observe: () => undefined,
  render: async () => "figure 1\n",
  contentType: "text/plain; version=0.0.4",
};

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

function serve(options: Partial<EndpointOptions> = {}) {
  const endpoint = startEndpoint({
    address: "127.0.0.1",
    port: 0,
    metrics: METRICS,
    isReady: () => true,
    ...options,
  });
  stops.push(endpoint.stop);
  return endpoint;
}

const ask = (path: string, { port } = serve(), init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, init);

describe("the endpoint", () => {
  test("shows the figures, in their format", async () => {
    const response = await ask("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(METRICS.contentType);
    expect(await response.text()).toBe("figure 1\n");
  });

  test("is alive, and ready as long as it is", async () => {
    let ready = true;
    const endpoint = serve({ isReady: () => ready });
    expect((await ask("/readyz", endpoint)).status).toBe(200);
    ready = false;
    expect((await ask("/readyz", endpoint)).status).toBe(503);
    expect((await ask("/healthz", endpoint)).status).toBe(200);
  });

  test("answers HEAD without a body", async () => {
    const response = await ask("/metrics", serve(), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(METRICS.contentType);
    expect(await response.text()).toBe("");
  });

  for (const path of ["/", "/metrics/", "/metrics/../etc", "/__proto__", "/constructor", "//x"]) {
    test(`has nothing at ${path}`, async () => {
      expect((await ask(path)).status).toBe(404);
    });
  }

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    test(`does not know ${method}`, async () => {
      const response = await ask("/metrics", serve(), { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD");
    });
  }

  test("reads no body", async () => {
    const response = await ask("/metrics", serve(), { method: "POST", body: "x".repeat(100_000) });
    expect(response.status).toBe(413);
  });

  test("reads no endless header", async () => {
    const endpoint = serve();
    const answer = Promise.withResolvers<string>();
    const socket = connect(endpoint.port, "127.0.0.1", () => {
      socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(200_000)}`);
    });
    socket.on("data", (bytes) => answer.resolve(bytes.toString()));
    socket.on("error", () => answer.resolve("reset"));
    socket.on("close", () => answer.resolve("closed"));
    expect(await answer.promise).toMatch(/^HTTP\/1\.1 4|^reset$|^closed$/);
    socket.destroy();
  });

  test("says nothing of its own trouble", async () => {
    const metrics = { ...METRICS, render: () => Promise.reject(new Error("a secret")) };
    const response = await ask("/metrics", serve({ metrics }));
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("internal error\n");
  });

  test("ends when it is stopped", async () => {
    const endpoint = serve();
    endpoint.stop();
    await expect(ask("/healthz", endpoint)).rejects.toThrow();
  });
});

test("a port that is taken is a transport fault", () => {
  const { port } = serve();
  const fault = faultOf(() => serve({ port }));
  expect(summary(fault)).toBe(
    `transport: cannot serve metrics on 127.0.0.1:${port}: the port is in use`,
  );
  expect(fault.hint).toContain("--metrics");
});

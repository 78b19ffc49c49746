import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { Fault } from "../../../src/fault/fault.ts";
import type { Metrics } from "../../../src/metrics/metrics.ts";
import {
  MAX_CONNECTIONS,
  type MonitorOptions,
  serveMetrics,
  startMonitor,
} from "../../../src/metrics/monitor.ts";
import { hintOf, rejectionOf, summary } from "../../support/faults.ts";
import { connectPlainly, type PlainClient } from "../../support/plain-tcp.ts";

const METRICS: Metrics = {
  observe: () => undefined,
  render: async () => "metric 1\n",
  contentType: "text/plain; version=0.0.4",
};

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

async function serve(options: Partial<MonitorOptions> = {}, metrics = METRICS) {
  const monitor = await serveMetrics(metrics, {
    address: "127.0.0.1",
    port: 0,
    isReady: () => true,
    ...options,
  });
  stops.push(monitor.stop);
  return monitor;
}

async function ask(path: string, monitor = serve(), init: RequestInit = {}): Promise<Response> {
  const { port } = await monitor;
  return fetch(`http://127.0.0.1:${port}${path}`, init);
}

const REQUEST = "GET /healthz HTTP/1.1\r\nHost: x\r\n";

/** Opens connections that have been served, and stay open. */
async function hold(port: number, count: number): Promise<readonly PlainClient[]> {
  const clients = Array.from({ length: count }, () => connectPlainly(port));
  await Promise.all(
    clients.map(({ socket }) => {
      socket.write(`${REQUEST}\r\n`);
      return once(socket, "data");
    }),
  );
  return clients;
}

describe("the monitor", () => {
  test("shows the metrics, in their format", async () => {
    const response = await ask("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(METRICS.contentType);
    expect(await response.text()).toBe("metric 1\n");
  });

  test("is alive always, and ready as long as the server is", async () => {
    let ready = true;
    const monitor = serve({ isReady: () => ready });
    expect((await ask("/readyz", monitor)).status).toBe(200);
    ready = false;
    expect((await ask("/readyz", monitor)).status).toBe(503);
    expect((await ask("/healthz", monitor)).status).toBe(200);
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
    const monitor = await serve();
    const answer = Promise.withResolvers<string>();
    const socket = connect(monitor.port, "127.0.0.1", () => {
      socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(200_000)}`);
    });
    socket.on("data", (bytes) => answer.resolve(bytes.toString()));
    socket.on("error", () => answer.resolve("reset"));
    socket.on("close", () => answer.resolve("closed"));
    expect(await answer.promise).toMatch(/^HTTP\/1\.1 4|^reset$|^closed$/);
    socket.destroy();
  });

  test("does not show the reason of an internal error", async () => {
    const metrics = { ...METRICS, render: () => Promise.reject(new Error("a secret")) };
    const response = await ask("/metrics", serve({}, metrics));
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("internal error\n");
  });

  test("ends when it is stopped", async () => {
    const monitor = serve();
    (await monitor).stop();
    await expect(ask("/healthz", monitor)).rejects.toThrow();
  });
});

describe("a connection", () => {
  test("beyond the limit is closed, until another one ends", async () => {
    const monitor = serve();
    const { port } = await monitor;
    const [first, ...others] = await hold(port, MAX_CONNECTIONS);
    for (const surplus of Array.from({ length: 3 }, () => connectPlainly(port))) {
      surplus.socket.write(`${REQUEST}\r\n`);
      await surplus.closed();
      expect(surplus.heard()).toBe("");
    }

    first?.socket.write(`${REQUEST}Connection: close\r\n\r\n`);
    await first?.closed();

    expect((await ask("/metrics", monitor)).status).toBe(200);
    for (const { socket } of others) {
      socket.destroy();
    }
  });

  for (const [what, beginning] of [
    ["says nothing", ""],
    ["asks no more", `${REQUEST}\r\n`],
    ["says half of what it wants", REQUEST],
  ] as const) {
    test(`that ${what} is closed after a while`, async () => {
      const { port } = await serve({ timeout: 0.2 });
      const client = connectPlainly(port);
      client.socket.write(beginning);
      await client.closed();
    });
  }

  test("that sends its request without end is closed after a while", async () => {
    const { port } = await serve({ timeout: 0.2 });
    const client = connectPlainly(port);
    client.socket.write(`${REQUEST}X: `);
    const dribble = setInterval(() => client.socket.write("x"), 50);
    await client.closed();
    clearInterval(dribble);
  });
});

test("the metrics of a server are those of the events that it observes", async () => {
  const monitor = await startMonitor({ address: "127.0.0.1", port: 0, isReady: () => true });
  stops.push(monitor.stop);
  const fault = new Fault("closedInHandshake", {});
  monitor.observe({ type: "connection rejected", peer: "192.0.2.1:9", fault });

  const text = await (await fetch(`http://127.0.0.1:${monitor.port}/metrics`)).text();

  expect(text).toContain('tlslp_handshake_failures_total{cause="closed"} 1\n');
});

test("a port that is taken is a transport fault", async () => {
  const { port } = await serve();
  const fault = await rejectionOf(serve({ port }));
  expect(summary(fault)).toBe(
    `transport: cannot serve metrics on 127.0.0.1:${port}: the port is in use`,
  );
  expect(hintOf(fault)).toBe("choose another with metrics");
});

test("an address that is not this machine's is a transport fault", async () => {
  const fault = await rejectionOf(serve({ address: "192.0.2.1" }));
  expect(summary(fault)).toBe(
    "transport: cannot serve metrics on 192.0.2.1:0: not an address of this machine",
  );
  expect(hintOf(fault)).toBe("choose another with metrics");
});

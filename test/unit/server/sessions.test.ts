import { expect, test } from "bun:test";
import { EventEmitter, once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ServerEvent } from "../../../src/server/events.ts";
import { type Sessions, startSessions } from "../../../src/server/sessions.ts";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import type { Bits, Word } from "../../../src/wire/message.ts";
import { makeCredentials } from "../../support/certificates.ts";

const { server: identity } = await makeCredentials();

interface ObservedServer extends Sessions {
  readonly events: readonly ServerEvent[];
  /** Resolves when the first event of this type has come. */
  until(type: ServerEvent["type"]): Promise<void>;
}

function serve(sessions = 100): ObservedServer {
  const events: ServerEvent[] = [];
  const emitter = new EventEmitter();
  const server = startSessions({
    addresses: ["127.0.0.1"],
    ports: [0],
    identity,
    trust: "anybody",
    nextPlan: () => ({ token: "t" as Word, bits: 0 as Bits, questions: [] }),
    timeouts: { work: 30, other: 30 },
    allowedClients: [],
    reusePort: false,
    capacity: { sessions, perAddress: sessions, limitsLoopback: false, connections: 2 * sessions },
    observe(event) {
      events.push(event);
      emitter.emit(event.type);
    },
  });
  return {
    ...server,
    events,
    async until(type) {
      if (!events.some((event) => event.type === type)) {
        await once(emitter, type);
      }
    },
  };
}

const kinds = ({ events }: ObservedServer) => events.map(({ type }) => type);

/** Does the TLS handshake over an open TCP connection; returns all that the server sends. */
async function listenTo(socket: ReturnType<typeof connectTcp>): Promise<string> {
  const tls = connectTls({ socket, rejectUnauthorized: false });
  let said = "";
  tls.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  tls.on("error", () => {});
  await once(tls, "close");
  return said;
}

async function dial({ port }: Sessions) {
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

test("a drain without sessions ends at once", async () => {
  await serve().drain(30);
});

test("a drain dismisses sessions when the grace is over", async () => {
  const server = serve();
  const said = listenTo(await dial(server));
  await server.until("session opened");
  await server.drain(0.05);
  expect(await said).toEndWith("FAIL shutting down\n");
});

test("a session is opened, steps through its conversation, and is finished", async () => {
  const server = serve();
  const said = listenTo(await dial(server));
  await server.until("exchange");
  await server.drain(0);
  await said;
  expect(kinds(server)).toEqual(["session opened", "exchange", "session finished"]);
  const finished = server.events.at(-1);
  expect(finished).toMatchObject({
    session: { id: 1, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), tlsVersion: "TLSv1.3" },
    step: "HELLO",
    fault: { family: "refused" },
  });
  const { session } = finished as Extract<ServerEvent, { type: "session finished" }>;
  expect(session.traffic).toEqual({ received: 0, sent: (await said).length });
});

test("a client that is in its handshake when the grace is over is dismissed", async () => {
  const server = serve();
  const early = await dial(server);
  // A later client was rejected, so the server has accepted this one.
  (await dial(server)).destroy();
  await server.until("connection rejected");
  await server.drain(0);
  expect(await listenTo(early)).toBe("FAIL shutting down\n");
  expect(kinds(server)).toEqual(["connection rejected", "session opened", "session finished"]);
});

test("one session too many is refused with FAIL busy", async () => {
  const server = serve(1);
  const first = await dial(server);
  expect(await listenTo(await dial(server))).toBe("FAIL busy\n");
  expect(server.events).toEqual([
    { type: "session refused", session: expect.anything(), reason: "busy" },
  ]);
  first.destroy();
  await server.drain(0);
});

test("a connection that closes in the handshake is rejected, and has no session", async () => {
  const server = serve();
  const socket = await dial(server);
  socket.destroy();
  await server.until("connection rejected");
  await server.drain(30);
  const [rejection] = server.events;
  expect(kinds(server)).toEqual(["connection rejected"]);
  expect(rejection?.type === "connection rejected" && causeOf(rejection.fault)).toBe("closed");
});

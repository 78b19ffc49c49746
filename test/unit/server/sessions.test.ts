import { expect, test } from "bun:test";
import { EventEmitter, once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ServerEvent } from "../../../src/server/events.ts";
import { type Server, startSessions } from "../../../src/server/sessions.ts";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import type { Bits, Word } from "../../../src/wire/message.ts";
import { makeCredentials } from "../../support/certificates.ts";

const { server: identity } = await makeCredentials();

interface Watched extends Server {
  readonly events: readonly ServerEvent[];
  /** Resolves when the first event of this type has come. */
  until(type: ServerEvent["type"]): Promise<void>;
}

function serve(sessions = 100, onEvent: (event: ServerEvent) => void = () => {}): Watched {
  const events: ServerEvent[] = [];
  const emitter = new EventEmitter();
  const service = startSessions({
    addresses: ["127.0.0.1"],
    port: 0,
    identity,
    trust: "anybody",
    nextPlan: () => ({ token: "t" as Word, bits: 0 as Bits, questions: [] }),
    timeouts: { work: 30, other: 30 },
    allowedClients: [],
    reusePort: false,
    capacity: { sessions, perAddress: sessions, limitsLoopback: false },
    observe(event) {
      events.push(event);
      emitter.emit(event.type);
      onEvent(event);
    },
  });
  return {
    ...service,
    events,
    async until(type) {
      if (!events.some((event) => event.type === type)) {
        await once(emitter, type);
      }
    },
  };
}

const kinds = ({ events }: Watched) => events.map(({ type }) => type);

/** Shakes hands over a TCP connection that stands; gives all that the server says. */
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

async function dial({ port }: Server) {
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

test("a drain without sessions ends at once", async () => {
  await serve().drain(30);
});

test("a drain dismisses sessions when the grace is over", async () => {
  const service = serve();
  const said = listenTo(await dial(service));
  await service.drain(0.05);
  expect(await said).toEndWith("FAIL shutting down\n");
});

for (const type of ["session opened", "session finished"] as const) {
  test(`a session whose "${type}" an observer throws at ends, and is not waited for`, async () => {
    const broken = new Error("the observer's own");
    const service = serve(100, (event) => {
      if (event.type === type) {
        throw broken;
      }
    });
    const said = listenTo(await dial(service));
    await service.until("session opened");

    await expect(service.drain(0.05)).rejects.toBe(broken);
    await said;
    await service.drain(30);
  });
}

test("a session is opened, steps through its conversation, and is finished", async () => {
  const service = serve();
  const said = listenTo(await dial(service));
  await service.until("exchange");
  await service.drain(0);
  await said;
  expect(kinds(service)).toEqual(["session opened", "exchange", "session finished"]);
  const finished = service.events.at(-1);
  expect(finished).toMatchObject({
    session: { id: 1, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), tlsVersion: "TLSv1.3" },
    step: "HELLO",
    fault: { family: "refused" },
  });
  const { session } = finished as Extract<ServerEvent, { type: "session finished" }>;
  expect(session.traffic).toEqual({ received: 0, sent: (await said).length });
});

test("who is still in its handshake when the grace is over gets no session", async () => {
  const service = serve();
  const early = await dial(service);
  await service.drain(0);
  expect(await listenTo(early)).toBe("FAIL shutting down\n");
  expect(kinds(service)).toEqual(["session opened", "session finished"]);
});

test("one session too many is told that we are busy", async () => {
  const service = serve(1);
  const first = await dial(service);
  expect(await listenTo(await dial(service))).toBe("FAIL busy\n");
  expect(service.events).toEqual([
    { type: "session refused", session: expect.anything(), reason: "busy" },
  ]);
  first.destroy();
  await service.drain(0);
});

test("who leaves in the handshake is rejected, and has no session", async () => {
  const service = serve();
  const socket = await dial(service);
  socket.destroy();
  await service.until("connection rejected");
  await service.drain(30);
  const [rejection] = service.events;
  expect(kinds(service)).toEqual(["connection rejected"]);
  expect(rejection?.type === "connection rejected" && causeOf(rejection.fault)).toBe("closed");
});

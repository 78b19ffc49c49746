import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Log } from "../../../src/log/log.ts";
import { type Service, startService } from "../../../src/service/service.ts";
import type { Bits, Word } from "../../../src/wire/message.ts";
import { makeCredentials } from "../../support/certificates.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, close() {} };
const { server: identity } = await makeCredentials();

function serve(maxSessions = 100): Service {
  return startService({
    addresses: ["127.0.0.1"],
    port: 0,
    identity,
    trust: "anybody",
    nextPlan: () => ({ token: "t" as Word, bits: 0 as Bits, questions: [] }),
    limits: { work: 30, other: 30 },
    maxSessions,
    log: silent,
  });
}

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

async function dial({ port }: Service) {
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

test("who is still in its handshake when the grace is over gets no session", async () => {
  const service = serve();
  const early = await dial(service);
  await service.drain(0);
  expect(await listenTo(early)).toBe("FAIL shutting down\n");
});

test("one session too many is told that we are busy", async () => {
  const service = serve(1);
  const first = await dial(service);
  expect(await listenTo(await dial(service))).toBe("FAIL busy\n");
  first.destroy();
  await service.drain(0);
});

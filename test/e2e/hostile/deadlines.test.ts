/**
 * Slow peers: each step has one deadline, even if bytes trickle in until then. None of these peers
 * would stop by itself, so only the deadline can end the session.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Socket } from "node:net";
import { MOMENTS, PROGRESS, prepareClient, serveUntil } from "../../support/attacked-client.ts";
import { playUntil, startAttackedServer } from "../../support/attacked-server.ts";
import { connectPeer, type HostilePeer } from "../../support/hostile-peer.ts";
import { connectPlainly, servePlainly } from "../../support/plain-tcp.ts";

setDefaultTimeout(120_000);

/** Milliseconds between two bytes: the longest line would take 20 s. */
const TRICKLE = 20;
/** Seconds: short, but enough for good clients on a busy machine. */
const SECONDS = { other: 7, work: 5 };
const TIMEOUTS = [`--other-timeout=${SECONDS.other}`, `--work-timeout=${SECONDS.work}`];
/** The beginning of a TLS record of 16 KiB, of a ClientHello or a ServerHello. */
const RECORD = [0x16, 0x03, 0x01, 0x40, 0x00];

const server = await startAttackedServer(["--bits", "4", ...TIMEOUTS]);
const client = await prepareClient();
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  client[Symbol.dispose]();
});

const SLOW_ANSWERS: Readonly<Record<string, (peer: HostilePeer) => Promise<void>>> = {
  "is silent": async () => undefined,
  "trickles letters": trickle,
};

describe("our server's deadline ends a client that", () => {
  for (const step of ["HELLO", "WORK", "REQUEST", "DONE"] as const) {
    for (const [how, behave] of Object.entries(SLOW_ANSWERS)) {
      test.concurrent(`${how} where ${step} is to be answered`, async () => {
        const peer = await connectPeer(server.credentials, server.port);
        await playUntil(peer, step);

        const [[fail]] = await Promise.all([peer.receiveAll(), behave(peer)]);

        const seconds = step === "WORK" ? SECONDS.work : SECONDS.other;
        const name = step === "REQUEST" ? "FULL_NAME" : step;
        const reason = `the answer to ${name} took longer than ${seconds} s`;
        expect(fail).toBe(`FAIL ${reason}`);
        expect(await server.verdictOn(peer.address)).toEqual({ outcome: "timeout", reason });
        await server.serveGoodClient();
      });
    }
  }

  for (const [what, beginning] of Object.entries({
    "sends nothing": [],
    "trickles a record": RECORD,
  })) {
    test.concurrent(`${what} where it should shake hands`, async () => {
      using client = connectPlainly(server.port);
      await client.connected();

      await Promise.all([client.closed(), sendRecordSlowly(client.socket, beginning)]);

      expect(client.heard()).toBe("");
      const { reason } = await server.verdictOn(`127.0.0.1:${client.port()}`);
      expect(reason).toBe(`the TLS handshake took longer than ${SECONDS.other} s`);
      await server.serveGoodClient();
    });
  }
});

test("our server refuses many clients at their deadline, and keeps nothing of them", async () => {
  const peers = await Promise.all(
    Array.from({ length: 20 }, () => connectPeer(server.credentials, server.port)),
  );

  const endings = await Promise.all(peers.map((peer) => peer.receiveAll()));

  expect(endings.flat().filter((line) => line.startsWith("FAIL"))).toHaveLength(20);
  await server.serveGoodClient();
  await server.settle();
});

describe("our client's deadline ends a conversation with a server that", () => {
  for (const moment of MOMENTS) {
    for (const [how, behave] of Object.entries(SLOW_ANSWERS)) {
      test.concurrent(`${how} in place of ${moment}`, async () => {
        const { code, json } = await client.runAgainst(async (peer) => {
          await serveUntil(peer, moment);
          await behave(peer);
        }, TIMEOUTS);

        expect(code).toBe(5);
        expect(json).toMatchObject({ ...PROGRESS[moment], outcome: "timeout", exit_code: 5 });
        expect(json.reason).toMatch(/^(the server's HELLO|the line after \w+) took /);
        expect(json.reason).toEndWith(` ${SECONDS.other} s`);
      });
    }
  }

  test.concurrent("asks for more work than its time limit allows", async () => {
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "WORK");
      await peer.send("WORK a-token 64\n");
      await peer.receiveAll();
    }, TIMEOUTS);

    expect(code).toBe(5);
    expect(json).toMatchObject({ outcome: "timeout", bits: 64, answered: 0 });
    expect(json.attempts).toBeGreaterThan(0);
    expect(json.reason).toContain(`${SECONDS.work} s`);
  });

  test.concurrent("trickles letters while it works", async () => {
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "WORK");
      await peer.send("WORK a-token 64\n");
      await trickle(peer);
    }, TIMEOUTS);

    expect(code).toBe(5);
    expect(json.reason).toContain(`${SECONDS.work} s`);
  });

  for (const [what, beginning] of Object.entries({
    "sends nothing": [],
    "trickles a record": RECORD,
  })) {
    test.concurrent(`${what} where it should shake hands`, async () => {
      using plain = await servePlainly((socket) => void sendRecordSlowly(socket, beginning));

      const { code, json } = await client.runAt(plain.port, TIMEOUTS);

      expect(code).toBe(5);
      expect(json).toMatchObject({ outcome: "timeout", port: plain.port, tls_version: null });
      expect(json.reason).toEndWith(`did not finish the TLS handshake within ${SECONDS.other} s`);
    });
  }
});

async function trickle(peer: HostilePeer): Promise<void> {
  while (!peer.left) {
    await peer.send("A");
    await Bun.sleep(TRICKLE);
  }
}

/** Sends the beginning of a record and then byte after byte; sends nothing without a beginning. */
async function sendRecordSlowly(socket: Socket, beginning: readonly number[]): Promise<void> {
  for (const byte of beginning) {
    socket.write(Buffer.of(byte));
  }
  while (beginning.length > 0 && socket.writable) {
    socket.write(Buffer.of(0));
    await Bun.sleep(TRICKLE);
  }
}

/**
 * Peers that take their time: each step has one deadline, whatever trickles in until then. None of
 * these peers would ever stop by itself, so what ends the session is the deadline.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Socket } from "node:net";
import { layAmbush, MOMENTS, PROGRESS, serveUntil } from "../../support/ambush.ts";
import { connectPlainly, servePlainly } from "../../support/plain.ts";
import { connectRogue, type Rogue } from "../../support/rogue.ts";
import { besiege, playUntil } from "../../support/siege.ts";

setDefaultTimeout(60_000);

/** Between two bytes, in milliseconds: a line that is as long as it may be would take 20 s. */
const TRICKLE = 20;
/** Seconds: short, and yet enough for the good clients of a busy machine. */
const LIMIT = { other: 4, work: 3 };
const LIMITS = [`--other-timeout=${LIMIT.other}`, `--work-timeout=${LIMIT.work}`];
/** The beginning of a TLS record that says it is 16 KiB long, of a ClientHello or a ServerHello. */
const RECORD = [0x16, 0x03, 0x01, 0x40, 0x00];

const besieged = await besiege(["--bits", "4", ...LIMITS]);
const ambush = await layAmbush();
afterAll(async () => {
  await besieged[Symbol.asyncDispose]();
  ambush[Symbol.dispose]();
});

const MANNERS: Readonly<Record<string, (rogue: Rogue) => Promise<void>>> = {
  "is silent": async () => undefined,
  "trickles letters": trickle,
};

describe("our server's deadline ends a client that", () => {
  for (const step of ["HELLO", "WORK", "REQUEST", "DONE"] as const) {
    for (const [manner, behave] of Object.entries(MANNERS)) {
      test.concurrent(`${manner} where ${step} is to be answered`, async () => {
        const rogue = await connectRogue(besieged.credentials, besieged.port);
        await playUntil(rogue, step);

        const [[fail]] = await Promise.all([rogue.hearOut(), behave(rogue)]);

        const seconds = step === "WORK" ? LIMIT.work : LIMIT.other;
        const name = step === "REQUEST" ? "FULL_NAME" : step;
        const reason = `the answer to ${name} took longer than ${seconds} s`;
        expect(fail).toBe(`FAIL ${reason}`);
        expect(await besieged.verdictOn(rogue.address)).toEqual({ outcome: "timeout", reason });
        await besieged.serveGoodClient();
      });
    }
  }

  for (const [what, greeting] of Object.entries({ "is mute": [], "trickles a record": RECORD })) {
    test.concurrent(`${what} where it should shake hands`, async () => {
      using client = connectPlainly(besieged.port);
      await client.connected();

      await Promise.all([client.closed(), dribble(client.socket, greeting)]);

      expect(client.heard()).toBe("");
      const { reason } = await besieged.verdictOn(`127.0.0.1:${client.port()}`);
      expect(reason).toBe("the TLS handshake took too long");
      await besieged.serveGoodClient();
    });
  }
});

test("of our server's patience nothing is left when all of them are gone", async () => {
  const rogues = await Promise.all(
    Array.from({ length: 20 }, () => connectRogue(besieged.credentials, besieged.port)),
  );

  const endings = await Promise.all(rogues.map((rogue) => rogue.hearOut()));

  expect(endings.flat().filter((line) => line.startsWith("FAIL"))).toHaveLength(20);
  await besieged.serveGoodClient();
  await besieged.settle();
});

describe("our client's deadline ends a visit to a server that", () => {
  for (const moment of MOMENTS) {
    for (const [manner, behave] of Object.entries(MANNERS)) {
      test.concurrent(`${manner} in place of ${moment}`, async () => {
        const { code, json } = await ambush.visit(async (rogue) => {
          await serveUntil(rogue, moment);
          await behave(rogue);
        }, LIMITS);

        expect(code).toBe(5);
        expect(json).toMatchObject({ ...PROGRESS[moment], outcome: "timeout", exit_code: 5 });
        expect(json.reason).toMatch(/^(the server's HELLO|the line after \w+) took /);
        expect(json.reason).toEndWith(` ${LIMIT.other} s`);
      });
    }
  }

  test.concurrent("asks for more work than can be done in the time for it", async () => {
    const { code, json } = await ambush.visit(async (rogue) => {
      await serveUntil(rogue, "WORK");
      await rogue.say("WORK a-token 64\n");
      await rogue.hearOut();
    }, LIMITS);

    expect(code).toBe(5);
    expect(json).toMatchObject({ outcome: "timeout", bits: 64, answered: 0 });
    expect(json.attempts).toBeGreaterThan(0);
    expect(json.reason).toContain(`${LIMIT.work} s`);
  });

  test.concurrent("trickles letters while it works", async () => {
    const { code, json } = await ambush.visit(async (rogue) => {
      await serveUntil(rogue, "WORK");
      await rogue.say("WORK a-token 64\n");
      await trickle(rogue);
    }, LIMITS);

    expect(code).toBe(5);
    expect(json.reason).toContain(`${LIMIT.work} s`);
  });

  for (const [what, greeting] of Object.entries({ "is mute": [], "trickles a record": RECORD })) {
    test.concurrent(`${what} where it should shake hands`, async () => {
      using plain = await servePlainly((socket) => void dribble(socket, greeting));

      const { code, json } = await ambush.visitPort(plain.port, LIMITS);

      expect(code).toBe(5);
      expect(json).toMatchObject({ outcome: "timeout", port: plain.port, tls_version: null });
      expect(json.reason).toEndWith(`did not finish the TLS handshake within ${LIMIT.other} s`);
    });
  }
});

async function trickle(rogue: Rogue): Promise<void> {
  while (!rogue.left) {
    await rogue.say("A");
    await Bun.sleep(TRICKLE);
  }
}

/** Begins with the greeting and never comes to its end; says nothing without one. */
async function dribble(socket: Socket, greeting: readonly number[]): Promise<void> {
  for (const byte of greeting) {
    socket.write(Buffer.of(byte));
  }
  while (greeting.length > 0 && socket.writable) {
    socket.write(Buffer.of(0));
    await Bun.sleep(TRICKLE);
  }
}

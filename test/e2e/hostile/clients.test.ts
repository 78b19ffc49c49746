/**
 * Everything that a client can do wrong, over real TLS. Our server refuses the client with a reason
 * that helps its developer, logs the same reason, releases its resources, and still serves a good
 * client.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { playUntil, type Step, startAttackedServer } from "../../support/attacked-server.ts";
import { BROKEN_LINES, type Breakages } from "../../support/broken-lines.ts";
import { connectPeer, type HostilePeer, sha256 } from "../../support/hostile-peer.ts";

setDefaultTimeout(120_000);

const BITS = 6;
const MAX_REASON_LENGTH = 200 - "FAIL \n".length;
const server = await startAttackedServer(["--bits", `${BITS}`, "--other-timeout", "20"]);
afterAll(() => server[Symbol.asyncDispose]());

const CHECKSUM = "the checksum is not 64 lower-case hexadecimal digits";
const WRONG_CHECKSUM = "the checksum for FULL_NAME is not SHA256(token + arg)";
const EMPTY_VALUE = "expected <checksum> <value>, got an empty value";
const AHEAD = "bytes were sent ahead of";

/** The wrong answers to each step, with the reason for which each is refused. */
const WRONG_LINES: Readonly<Record<Exclude<Step, "OK">, Breakages>> = {
  HELLO: {
    "an empty line": [() => "\n", 'expected HELLOBACK, got ""'],
    "the server's word": [() => "HELLO\n", 'expected HELLOBACK, got "HELLO"'],
    "lower case": [() => "helloback\n", 'expected HELLOBACK, got "helloback"'],
    "a leading space": [() => " HELLOBACK\n", 'expected HELLOBACK, got " HELLOBACK"'],
    "a trailing space": [() => "HELLOBACK \n", 'expected HELLOBACK, got "HELLOBACK "'],
    "a second word": [() => "HELLOBACK 1\n", 'expected HELLOBACK, got "HELLOBACK 1"'],
    "a FAIL": [() => "FAIL no\n", 'expected HELLOBACK, got "FAIL no"'],
    "a byte-order mark": [
      () => "\ufeffHELLOBACK\n",
      String.raw`expected HELLOBACK, got "\u{feff}HELLOBACK"`,
    ],
    "a C1 control": [
      () => "HELLOBACK\u009b\n",
      String.raw`expected HELLOBACK, got "HELLOBACK\u{9b}"`,
    ],
    "an override of the writing direction": [
      () => "\u202eKCABOLLEH\n",
      String.raw`expected HELLOBACK, got "\u{202e}KCABOLLEH"`,
    ],
    "exactly 1000 bytes": [
      () => `${"A".repeat(999)}\n`,
      `expected HELLOBACK, got "${"A".repeat(40)}…"`,
    ],
    "a line of characters of four bytes": [
      () => `${"😀".repeat(249)}\n`,
      `expected HELLOBACK, got "${"😀".repeat(40)}…"`,
    ],
    "the suffix with it": [
      (answer) => `${answer}\n0\n`,
      `${AHEAD} WORK; answer one line at a time`,
    ],
    "the beginning of the suffix with it": [
      (answer) => `${answer}\n0`,
      `${AHEAD} WORK; answer one line at a time`,
    ],
    "a thousand lines at once": [
      (answer) => `${answer}\n`.repeat(1000),
      `${AHEAD} WORK; answer one line at a time`,
    ],
  },
  WORK: {
    "an empty suffix": [() => "\n", "the suffix is empty, expected 1 character or more"],
    "a space for a suffix": [() => " \n", 'the suffix " " holds a space or a control character'],
    "a suffix and a space": [() => "0 \n", 'the suffix "0 " holds a space or a control character'],
    "two words": [() => "a b\n", 'the suffix "a b" holds a space or a control character'],
    "the next answer with it": [
      (answer) => `${answer}\n${"0".repeat(64)} x\n`,
      `${AHEAD} FULL_NAME; answer one line at a time`,
    ],
  },
  REQUEST: {
    "an empty line": [() => "\n", CHECKSUM],
    "no checksum": [() => "a value\n", CHECKSUM],
    "an upper-case checksum": [(answer) => `${answer.toUpperCase()}\n`, CHECKSUM],
    "a checksum of 63 digits": [(answer) => `${answer.slice(1)}\n`, CHECKSUM],
    "a checksum of 65 digits": [(answer) => `0${answer}\n`, CHECKSUM],
    "a leading space": [(answer) => ` ${answer}\n`, CHECKSUM],
    "a checksum of something else": [() => `${sha256("else")} x\n`, WRONG_CHECKSUM],
    "a checksum with its last digit wrong": [
      (answer) => `${lastDigitWrong(answer)}\n`,
      WRONG_CHECKSUM,
    ],
    "no value": [(answer) => `${answer.slice(0, 64)}\n`, EMPTY_VALUE],
    "an empty value": [(answer) => `${answer.slice(0, 65)}\n`, EMPTY_VALUE],
    "a value of spaces": [(answer) => `${answer.slice(0, 65)}   \n`, EMPTY_VALUE],
    "no space before the value": [(answer) => `${answer.replace(" ", ":")}\n`, CHECKSUM],
    "a byte-order mark": [(answer) => `\ufeff${answer}\n`, CHECKSUM],
    "the next answer with it": [
      (answer) => `${answer}\n${answer}\n`,
      `${AHEAD} EMAIL1; answer one line at a time`,
    ],
  },
  DONE: {
    "an empty line": [() => "\n", 'expected OK, got ""'],
    "another word": [() => "KO\n", 'expected OK, got "KO"'],
    "lower case": [() => "ok\n", 'expected OK, got "ok"'],
    "a trailing space": [() => "OK \n", 'expected OK, got "OK "'],
    "a second word": [() => "OK thanks\n", 'expected OK, got "OK thanks"'],
  },
};

const STEPS = ["HELLO", "WORK", "REQUEST", "DONE"] as const;

describe("a client that answers", () => {
  for (const step of STEPS) {
    for (const [what, [breakLine, reason]] of Object.entries({
      ...BROKEN_LINES,
      ...WRONG_LINES[step],
    })) {
      test(`${step} with ${what} is refused`, async () => {
        const peer = await connectPeer(server.credentials, server.port);
        const answer = await playUntil(peer, step);

        await peer.send(breakLine(answer));

        expect(await peer.receiveAll()).toEqual([`FAIL ${reason}`]);
        expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(MAX_REASON_LENGTH);
        expect(await server.verdictOn(peer.address)).toEqual({ outcome: "protocol", reason });
        await expectUnharmed();
      });
    }
  }

  test("WORK with a suffix of too few zero bits is refused", async () => {
    const peer = await connectPeer(server.credentials, server.port);
    await playUntil(peer, "HELLO");
    await peer.send("HELLOBACK\n");
    const [, token = ""] = (await peer.receive()).split(" ");

    await peer.send(`${wrongSuffix(token)}\n`);

    const reason = `SHA256(token + suffix) does not end with ${BITS} zero bits`;
    expect(await peer.receiveAll()).toEqual([`FAIL ${reason}`]);
    expect(await server.verdictOn(peer.address)).toEqual({ outcome: "protocol", reason });
    await expectUnharmed();
  });

  test("before it is asked is refused", async () => {
    const peer = await connectPeer(server.credentials, server.port);

    await peer.send("HI\n");

    const [fail] = (await peer.receiveAll()).slice(-1);
    // The client cannot tell whether this line or the server's HELLO came first.
    expect(fail).toMatch(/^FAIL (bytes were sent ahead of HELLO|expected HELLOBACK, got "HI")/);
    expect((await server.verdictOn(peer.address)).outcome).toBe("protocol");
    await expectUnharmed();
  });
});

describe("a client that leaves", () => {
  for (const step of STEPS) {
    test(`where ${step} is to be answered is a transport error`, async () => {
      const peer = await connectPeer(server.credentials, server.port);
      await playUntil(peer, step);

      peer.finish();

      expect(await peer.receiveAll()).toEqual([]);
      await expectLost(peer.address);
    });

    test(`in the middle of its answer to ${step} is a transport error`, async () => {
      const peer = await connectPeer(server.credentials, server.port);
      const answer = await playUntil(peer, step);

      await peer.send(answer);
      peer.finish();

      expect(await peer.receiveAll()).toEqual([]);
      await expectLost(peer.address);
    });

    test(`with a reset where ${step} is to be answered is a transport error`, async () => {
      const peer = await connectPeer(server.credentials, server.port);
      await playUntil(peer, step);

      peer.reset();

      await expectLost(peer.address);
    });
  }

  test("its half of the connection right after an answer is a transport error", async () => {
    const peer = await connectPeer(server.credentials, server.port);
    const answer = await playUntil(peer, "WORK");

    await peer.send(`${answer}\n`);
    peer.finish();

    expect((await peer.receiveAll()).filter((line) => line.startsWith("FAIL"))).toEqual([]);
    await expectLost(peer.address);
  });

  async function expectLost(address: string): Promise<void> {
    expect(await server.verdictOn(address)).toEqual({
      outcome: "transport",
      reason: "the peer closed the connection",
    });
    await expectUnharmed();
  }
});

describe("an unusual client that keeps the rules", () => {
  const UNUSUAL_VALUES: Readonly<Record<string, string>> = {
    "a value that fills its line to 1000 bytes": "v".repeat(1000 - 66),
    "a value that begins and ends with spaces": "  v  ",
    "a value of one character": "v",
    "a value of every kind of printable character": "é漢😀\u{10ffff}\u0085\u00a0\u2028\ufeff",
  };
  for (const [what, value] of Object.entries(UNUSUAL_VALUES)) {
    test(`with ${what} is served`, async () => {
      const peer = await connectPeer(server.credentials, server.port);

      await playUntil(peer, "OK", value);

      expect((await server.verdictOn(peer.address)).outcome).toBe("ok");
    });
  }

  for (const [what, more] of Object.entries({ lines: "A\n".repeat(500), noise: "\0\xff\r" })) {
    test(`that sends ${what} after its OK is served, and the rest is ignored`, async () => {
      const peer = await connectPeer(server.credentials, server.port);
      await playUntil(peer, "DONE");

      await peer.send(`OK\n${more}`);

      expect(await peer.receiveAll()).toEqual([]);
      expect((await server.verdictOn(peer.address)).outcome).toBe("ok");
      await expectUnharmed();
    });
  }

  const WAYS = {
    "ends its stream": (peer: HostilePeer) => peer.finish(),
    "resets the connection": (peer: HostilePeer) => peer.reset(),
  };
  for (const [what, leave] of Object.entries(WAYS)) {
    test(`that ${what} right after its OK is served`, async () => {
      const peer = await connectPeer(server.credentials, server.port);
      await playUntil(peer, "DONE");

      await peer.send("OK\n");
      leave(peer);

      expect((await server.verdictOn(peer.address)).outcome).toBe("ok");
      await expectUnharmed();
    });
  }
});

test("a refused client that never closes is closed", async () => {
  const peer = await connectPeer(server.credentials, server.port);
  await playUntil(peer, "HELLO");
  peer.pause();

  await peer.send("no\n");

  expect((await server.verdictOn(peer.address)).outcome).toBe("protocol");
  await expectUnharmed();
});

async function expectUnharmed(): Promise<void> {
  await server.serveGoodClient();
  await server.settle();
}

function lastDigitWrong(answer: string): string {
  return `${answer.slice(0, 63)}${answer[63] === "0" ? "1" : "0"}${answer.slice(64)}`;
}

function wrongSuffix(token: string): string {
  for (let number = 0; ; number += 1) {
    if (Number.parseInt(sha256(token + number).slice(-2), 16) % 2 ** BITS !== 0) {
      return `${number}`;
    }
  }
}

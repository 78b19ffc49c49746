/**
 * The ways in which a server can end a session early, and unusual behaviour that is allowed,
 * towards our client over real TLS.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  LINES,
  MOMENTS,
  PROGRESS,
  prepareClient,
  serveUntil,
} from "../../support/attacked-client.ts";
import type { HostilePeer } from "../../support/hostile-peer.ts";

setDefaultTimeout(120_000);

const client = await prepareClient();
afterAll(() => client[Symbol.dispose]());

describe("FAIL", () => {
  for (const moment of MOMENTS) {
    test.concurrent(`in place of ${moment} ends our client with exit 6`, async () => {
      const { code, json, stderr } = await client.runAgainst(async (peer) => {
        await serveUntil(peer, moment);
        await peer.send("FAIL the office is closed\n");
        await peer.receiveAll();
      });

      expect(code).toBe(6);
      expect(json).toMatchObject({ ...PROGRESS[moment], outcome: "refused", exit_code: 6 });
      expect(json.reason).toBe("the server refused: the office is closed");
      expect(stderr).toContain("tlslp: error: the server refused: the office is closed\n");
    });

    test.concurrent(`right after ${moment} ends our client with exit 6, unanswered`, async () => {
      let answers: readonly string[] = ["not asked yet"];
      const { code } = await client.runAgainst(async (peer) => {
        await serveUntil(peer, moment);
        await peer.send(`${LINES[moment]}\nFAIL\n`);
        answers = await peer.receiveAll();
      });

      expect(code).toBe(6);
      expect(answers).toEqual([]);
    });
  }

  test.concurrent("during the search ends it, however it is cut into pieces", async () => {
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "WORK");
      await peer.send("WORK a-token 64\n");
      for (const byte of "FAIL never mind\n") {
        await peer.send(byte);
      }
      await peer.receiveAll();
    });

    expect(code).toBe(6);
    expect(json).toMatchObject({ bits: 64, reason: "the server refused: never mind" });
  });

  test.concurrent("with a reason that holds escape sequences is shown escaped", async () => {
    const { json, stderr } = await client.runAgainst(async (peer) => {
      await peer.send("FAIL \u009b2J\u202e\n");
      await peer.receiveAll();
    });

    expect(json.reason).toBe(String.raw`the server refused: \u{9b}2J\u{202e}`);
    expect(stderr).not.toMatch(/[\u0080-\u009f\u202e]/);
  });

  test.concurrent("with a reason that fills its line is shown whole", async () => {
    const reason = "r".repeat(994);
    const { code, json } = await client.runAgainst(async (peer) => {
      await peer.send(`FAIL ${reason}\n`);
      await peer.receiveAll();
    });

    expect(code).toBe(6);
    expect(json.reason).toBe(`the server refused: ${reason}`);
  });
});

describe("a server that leaves", () => {
  const WAYS = {
    "by ending its stream": (peer: HostilePeer) => peer.finish(),
    "with a reset": (peer: HostilePeer) => peer.reset(),
  };
  for (const [how, leave] of Object.entries(WAYS)) {
    for (const moment of MOMENTS) {
      test.concurrent(`${how} in place of ${moment} ends our client with exit 3`, async () => {
        const { code, json } = await client.runAgainst(async (peer) => {
          await serveUntil(peer, moment);
          leave(peer);
        });

        expect(code).toBe(3);
        expect(json).toMatchObject({ ...PROGRESS[moment], outcome: "transport", exit_code: 3 });
        expect(json.reason).toBe("the peer closed the connection");
      });
    }

    test.concurrent(`${how} during the search ends it with exit 3`, async () => {
      const { code, json } = await client.runAgainst(async (peer) => {
        await serveUntil(peer, "WORK");
        await peer.send("WORK a-token 64\n");
        leave(peer);
      });

      expect(code).toBe(3);
      const attempts = expect.any(Number);
      expect(json).toMatchObject({ outcome: "transport", bits: 64, attempts, answered: 0 });
    });
  }

  for (const moment of MOMENTS) {
    test.concurrent(`in the middle of ${moment} ends our client with exit 3`, async () => {
      const { code, json } = await client.runAgainst(async (peer) => {
        await serveUntil(peer, moment);
        await peer.send(LINES[moment]);
        peer.finish();
      });

      expect(code).toBe(3);
      expect(json).toMatchObject({ ...PROGRESS[moment], outcome: "transport", exit_code: 3 });
    });
  }

  test.concurrent("in the middle of a line after DONE ends our client with exit 3, unanswered", async () => {
    let answers: readonly string[] = [];
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "DONE");
      await peer.send("DONE\nFAI");
      peer.finish();
      answers = await peer.receiveAll();
    });

    expect(code).toBe(3);
    expect(json).toMatchObject({ ...PROGRESS.DONE, outcome: "transport", exit_code: 3 });
    expect(answers).toEqual([]);
  });
});

describe("an unusual server that keeps the rules", () => {
  const UNUSUAL_LINES: Readonly<Record<string, readonly string[]>> = {
    "with the longest words": [`WORK ${"t".repeat(128)} 0`, `EMAIL1 ${"a".repeat(128)}`],
    "with the shortest words": ["WORK t 0", "EMAIL1 a"],
    "with words of punctuation alone": ["WORK -- 4", "EMAIL1 __"],
    "with the same request a hundred times": ["WORK t 4", ...Array(100).fill("COUNTRY a")],
  };
  for (const [what, lines] of Object.entries(UNUSUAL_LINES)) {
    test.concurrent(`${what} is answered`, async () => {
      const { code, json } = await client.runAgainst(async (peer) => {
        for (const line of ["HELLO", ...lines, "DONE"]) {
          await peer.send(`${line}\n`);
          await peer.receive();
        }
      });

      expect(code).toBe(0);
      expect(json).toMatchObject({ outcome: "ok", answered: lines.length - 1, reason: null });
    });
  }

  test.concurrent("and ends its stream after DONE is answered, because no line is due", async () => {
    let answers: readonly string[] = [];
    const { code, json } = await client.runAgainst(async (peer) => {
      await serveUntil(peer, "DONE");
      await peer.send("DONE\n");
      peer.finish();
      answers = await peer.receiveAll();
    });

    expect(answers).toEqual(["OK"]);
    expect(json).toMatchObject({ outcome: "ok", answered: 2, reason: null });
    expect(code).toBe(0);
  });
});

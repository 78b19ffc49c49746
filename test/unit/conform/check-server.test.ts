/**
 * The verdicts on servers that refuse a wrong line in a wrong way.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { tryServerRule } from "../../../src/conform/check-server.ts";
import { HOLDS, type Verdict } from "../../../src/conform/rule.ts";
import { SERVER_RULES } from "../../../src/conform/server-rules.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { type HostilePeer, LOOPBACK, servePeer } from "../../support/hostile-peer.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const stop = new AbortController();
afterAll(() => stop.abort());

/** Serves the first client with a function, and the others rightly or not at all. */
async function verdictOn(
  id: string,
  serve: (peer: HostilePeer) => Promise<void>,
  { servesOn = true, seconds = 20 } = {},
): Promise<Verdict> {
  let clients = 0;
  using server = servePeer(credentials, async (peer) => {
    clients += 1;
    if (clients === 1) {
      await serve(peer);
    } else if (servesOn) {
      await serveRightly(peer);
    } else {
      peer.reset();
    }
  });
  const rule = SERVER_RULES.find((each) => each.id === id);
  if (rule === undefined) {
    throw new Error(`there is no rule ${id}`);
  }
  return await tryServerRule(rule, {
    host: LOOPBACK,
    ports: [server.port],
    identity: credentials.client,
    trust: { authorities: credentials.authority.cert },
    pins: [],
    maxBits: 8,
    search: { threads: 1 },
    timeouts: { work: 60, other: seconds },
    signal: stop.signal,
  });
}

async function serveRightly(peer: HostilePeer): Promise<void> {
  for (const line of ["HELLO", "WORK a-token 0", "DONE"]) {
    await peer.send(`${line}\n`);
    await peer.receive();
  }
  peer.finish();
}

/** Asks for HELLOBACK, and then says something. */
function refusing(text: string | Uint8Array): (peer: HostilePeer) => Promise<void> {
  return async (peer) => {
    await peer.send("HELLO\n");
    await peer.receive();
    await peer.send(text);
    peer.finish();
  };
}

test("a refusal with a reason and a close holds", async () => {
  expect(await verdictOn("server/hello-word", refusing("FAIL expected HELLOBACK\n"))).toEqual(
    HOLDS,
  );
  expect(await verdictOn("server/fail-reason", refusing("FAIL no\n"))).toEqual(HOLDS);
});

const FAIL_AND_CLOSE = "FAIL and a close";
const PRINTABLE = "a printable FAIL of at most 200 bytes";
const WRONG: Readonly<Record<string, readonly [rule: string, text: string, Verdict]>> = {
  "a close without FAIL": ["hello-word", "", broken("a close", FAIL_AND_CLOSE)],
  "the next line": ["hello-word", "WORK t 4\n", broken('"WORK t 4"', FAIL_AND_CLOSE)],
  "more after FAIL": [
    "hello-word",
    "FAIL no\nHELLO\n",
    broken('FAIL, and then "HELLO"', FAIL_AND_CLOSE),
  ],
  "a line with a control": [
    "hello-word",
    "FAIL \0\n",
    broken(
      "bytes that break the protocol: line holds the control character U+0000",
      FAIL_AND_CLOSE,
    ),
  ],
  "a reason that turns the writing direction": [
    "fail-reason",
    "FAIL got \u202e\n",
    broken(String.raw`"FAIL got \u{202e}"`, PRINTABLE),
  ],
  "a FAIL of 201 bytes": [
    "fail-reason",
    `FAIL ${"r".repeat(195)}\n`,
    broken(`"FAIL ${"r".repeat(55)}…"`, PRINTABLE),
  ],
  "a FAIL without a reason": ["fail-reason", "FAIL\n", broken('"FAIL"', PRINTABLE)],
};

for (const [what, [rule, text, verdict]] of Object.entries(WRONG)) {
  test(`${what} breaks the rule`, async () => {
    expect(await verdictOn(`server/${rule}`, refusing(text))).toEqual(verdict);
  });
}

test("a refusal without a close breaks the rule", async () => {
  const serve = async (peer: HostilePeer) => {
    await peer.send("HELLO\n");
    await peer.receive();
    await peer.send("FAIL no\n");
  };
  const verdict = await verdictOn("server/hello-word", serve, { seconds: 6 });
  expect(verdict).toEqual(broken("FAIL, and then nothing within 6 s", FAIL_AND_CLOSE));
});

test("a server that no longer serves after a refusal breaks the rule", async () => {
  const verdict = await verdictOn("server/hello-word", refusing("FAIL no\n"), { servesOn: false });
  expect(verdict).toEqual(
    broken("the next client failed: the peer closed the connection", "service as before"),
  );
});

test("a server that refuses before the rule can be tried is no verdict on the rule", async () => {
  const serve = async (peer: HostilePeer) => {
    await peer.send("FAIL busy\n");
    peer.finish();
  };
  await expect(verdictOn("server/hello-word", serve)).rejects.toThrow(
    'before that came "FAIL busy"',
  );
});

test("a second HELLO in place of FAIL breaks the rule about bytes before it", async () => {
  const verdict = await verdictOn("server/before-hello", async (peer) => {
    await peer.send("HELLO\nHELLO\n");
    peer.finish();
  });
  expect(verdict).toEqual(broken('"HELLO"', FAIL_AND_CLOSE));
});

function broken(seen: string, due: string): Verdict {
  return { verdict: "broken", seen, due };
}

import { afterAll, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "../../../src/certificates/fingerprint.ts";
import { SAMPLE_ANSWERS } from "../../../src/client/answers.ts";
import type { ClientEvent } from "../../../src/client/events.ts";
import { type RunClientOptions, runClient } from "../../../src/client/run-client.ts";
import { type CreateServerOptions, createServer } from "../../../src/server/create-server.ts";
import type { ServerEvent } from "../../../src/server/events.ts";
import { REQUESTS } from "../../../src/wire/message.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { rejectionOf } from "../../support/faults.ts";

const { authority, server: identity, client } = await makeCredentials();
const trust = { authorities: authority.cert };

const events: ServerEvent[] = [];
const server = await createServer({
  bits: 8,
  identity,
  trust,
  observe: (event) => void events.push(event),
});
afterAll(() => server.drain(0));

const OPTIONS: RunClientOptions = {
  ports: [server.port],
  identity: client,
  trust,
  answers: SAMPLE_ANSWERS,
};

describe("a client and a server with few options", () => {
  test("hold a session on this machine, with each request once", async () => {
    const ours: ClientEvent[] = [];

    const report = await runClient({ ...OPTIONS, observe: (event) => void ours.push(event) });

    expect(report.fault).toBeUndefined();
    expect(report).toMatchObject({ bits: 8, answered: REQUESTS.length });
    expect(report.connection).toMatchObject({ host: "localhost", port: server.port });
    expect(ours.map(({ type }) => type).filter((type) => type !== "exchange")).toEqual([
      "connected",
      "working",
      "solved",
      "finished",
    ]);
    expect(events.map(({ type }) => type)).toContain("session opened");
  });

  test("hold a session without certificates on the loopback only", async () => {
    const insecure = { trust: "anybody" } as const;
    const fault = await rejectionOf(createServer({ ...insecure, identity, host: "0.0.0.0" }));
    expect(fault.family).toBe("usage");
    expect(fault.message).toStartWith('trust "anybody" is only for the loopback');

    const open = await createServer({ ...insecure, identity, bits: 0 });
    const report = await runClient({ ...insecure, ports: [open.port], answers: SAMPLE_ANSWERS });
    await open.drain(1);

    expect(report.fault).toBeUndefined();
  });

  test("hold a session on any host, with a server for everybody", async () => {
    const identities: unknown[] = [];
    const server = await createServer({
      clients: "anybody",
      host: "0.0.0.0",
      identity,
      bits: 0,
      observe: (event) =>
        event.type === "session opened" && identities.push(event.session.identity),
    });
    const target = { ports: [server.port], host: "127.0.0.1", answers: SAMPLE_ANSWERS };
    const report = await runClient({ ...target, trust });
    await server.drain(1);

    expect(report.fault).toBeUndefined();
    expect(identities).toEqual([undefined]);
  });

  test("hold a session where the client trusts a key alone", async () => {
    const pins = [fingerprintOf(new X509Certificate(identity.cert))];
    const server = await createServer({ clients: "anybody", identity, bits: 0 });
    const target = { ports: [server.port], answers: SAMPLE_ANSWERS };
    const report = await runClient({ ...target, trust: "none", pins });
    await server.drain(1);

    expect(report.fault).toBeUndefined();
  });
});

describe("an option of the server that is wrong is named", () => {
  const wrong: Readonly<Record<string, [Partial<CreateServerOptions>, RegExp]>> = {
    "more bits than there are": [{ bits: 65 }, /^bits: "65" is not a whole number from 0 to 64$/],
    "a part of a bit": [{ bits: 0.5 }, /^bits: "0\.5" is not/],
    "a token of other characters": [{ token: "a b" }, /^token: "a b" is not 1 to 128 characters/],
    "an empty arg": [{ arg: "" }, /^arg: "" is not 1 to 128 characters/],
    "an unknown request": [
      { requests: ["AGE"] as unknown as CreateServerOptions["requests"] & {} },
      /^requests: "AGE" is not one of FULL_NAME/,
    ],
    "an exercise of nothing": [{ exercise: 0 }, /^exercise: "0" is not a whole number from 1/],
    "a chance above 1": [
      { exercise: 1, failRate: 2 },
      /^failRate: "2" is not a number from 0 to 1/,
    ],
    "a chance without an exercise": [{ failRate: 1 }, /^failRate needs exercise$/],
    "requests and an exercise": [
      { requests: [], exercise: 1 },
      /^requests and exercise exclude each other$/,
    ],
    "a port that does not exist": [{ port: 65_536 }, /^port: "65536" is not a whole number/],
    "no time for the work": [
      { timeouts: { work: 0, other: 1 } },
      /^timeouts\.work: "0" is not a number of seconds above 0/,
    ],
    "no sessions": [{ maxSessions: 0 }, /^maxSessions: "0" is not/],
    "sessions below none": [{ maxSessionsPerAddress: -1 }, /^maxSessionsPerAddress: "-1" is not/],
    "a public key that cannot be one": [
      { allowedClients: ["sha256/x"] },
      /^allowedClients: "sha256\/x" is not sha256\/ and the Base64 of 32 bytes$/,
    ],
    "public keys without certificates": [
      { trust: "anybody", allowedClients: [`sha256/${"A".repeat(43)}=`] },
      /^allowedClients and trust "anybody" exclude each other/,
    ],
    "public keys, and a server for everybody": [
      { trust: undefined, clients: "anybody", allowedClients: [`sha256/${"A".repeat(43)}=`] },
      /^allowedClients and clients anybody exclude each other/,
    ],
    "passes, and a server for everybody": [
      { trust: undefined, clients: "anybody", passes: 1, store: "sqlite:x" },
      /^passes and clients anybody exclude each other/,
    ],
    "authorities of nobody": [
      { clients: "anybody" },
      /^trust and clients anybody exclude each other/,
    ],
    "no authorities": [{ trust: undefined }, /^trust is missing$/],
    "another one's key": [
      { identity: { cert: identity.cert, key: client.key } },
      /^the private key does not belong/,
    ],
    "no authority, which would be every authority": [
      { trust: { authorities: "" } },
      /holds no PEM certificate$/,
    ],
  };
  for (const [mistake, [options, message]] of Object.entries(wrong)) {
    test(mistake, async () => {
      const fault = await rejectionOf(createServer({ identity, trust, ...options }));
      expect(fault.family).toBe("usage");
      expect(fault.message).toMatch(message);
      expect(fault.message).not.toContain("--");
    });
  }
});

describe("an option of the client that is wrong is named in its report", () => {
  const wrong: Readonly<Record<string, [Partial<RunClientOptions>, RegExp]>> = {
    "more bits than there are": [{ maxBits: 65 }, /^maxBits: "65" is not a whole number/],
    "a port to listen on only": [{ ports: [0] }, /^ports: "0" is not a whole number from 1/],
    "no ports": [{ ports: [] }, /^ports: "" is empty$/],
    "a public key that cannot be one": [{ pins: ["x"] }, /^pins: "x" is not sha256/],
    "nothing to trust": [{ trust: "none" }, /^trust none needs pins$/],
    "no threads": [{ threads: 0 }, /^threads: "0" is not a whole number from 1 to 1024$/],
    "an unknown kernel": [{ kernel: "steam" }, /no kernel is called steam/],
    "short suffixes": [{ maxSuffix: 15 }, /^maxSuffix: "15" is not a whole number from 16 to 128$/],
    "no time for a step": [{ timeouts: { work: 1, other: -1 } }, /^timeouts\.other: "-1" is not/],
    "an answer of two lines": [
      { answers: { ...SAMPLE_ANSWERS, COUNTRY: "a\nOK" } },
      /^answers: COUNTRY must not hold control characters$/,
    ],
    "another one's key": [
      { identity: { cert: client.cert, key: identity.key } },
      /^the private key does not belong/,
    ],
    "no authority, which would be every authority": [
      { trust: { authorities: "" } },
      /holds no PEM certificate$/,
    ],
  };
  for (const [mistake, [options, message]] of Object.entries(wrong)) {
    test(mistake, async () => {
      const { fault, connection, port } = await runClient({ ...OPTIONS, ...options });
      expect(fault?.family).toBe("usage");
      expect(fault?.message).toMatch(message);
      expect(fault?.message).not.toContain("--");
      expect([connection, port]).toEqual([undefined, undefined]);
    });
  }
});

describe("a report", () => {
  test("has the cost of a search that did not end", async () => {
    await using hard = await startHard();
    const runFor = (work: number) =>
      runClient({ ...OPTIONS, ports: [hard.port], timeouts: { work, other: 10 } });
    let report = await runFor(0.5);
    // On a busy machine the search may not have begun by then.
    for (let work = 1; (report.attempts === 0 || report.seconds === 0) && work < 20; work *= 2) {
      report = await runFor(work);
    }
    expect(report.fault?.family).toBe("timeout");
    expect(report).toMatchObject({ bits: 64, answered: 0 });
    expect(report.attempts).toBeGreaterThan(0);
    expect(report.seconds).toBeGreaterThan(0);
  });

  test("has the bits that were too many, and no search", async () => {
    const report = await runClient({ ...OPTIONS, maxBits: 7 });
    expect(report.fault?.message).toBe("WORK asks for 8 bits, more than the 7 allowed");
    expect(report).toMatchObject({ bits: 8, answered: 0 });
    expect(report.attempts).toBeUndefined();
  });
});

describe("an observer that throws", () => {
  const thrown = new Error("the observer's own");
  const observe = () => {
    throw thrown;
  };

  test("is reported at each event, and ends no session", async () => {
    const errors: unknown[] = [];
    const onObserverError = (error: unknown) => void errors.push(error);
    const other = await createServer({ bits: 0, identity, trust, observe, onObserverError });

    const report = await runClient({ ...OPTIONS, ports: [other.port], observe, onObserverError });
    await other.drain(10);

    expect(report.fault).toBeUndefined();
    expect(report.answered).toBe(REQUESTS.length);
    expect(errors.length).toBeGreaterThan(4 * REQUESTS.length);
    expect(new Set(errors)).toEqual(new Set([thrown]));
  });

  test("causes a warning if the program has no handler for its errors", async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning.message);
    process.on("warning", onWarning);

    const report = await runClient({
      ...OPTIONS,
      observe: (event) => (event.type === "connected" ? observe() : undefined),
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);

    expect(report.fault).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/^tlslp: an observer failed: Error: the observer's own\n/),
    ]);
  });
});

/** Starts a server whose puzzle takes longer than any test. */
async function startHard() {
  const hard = await createServer({ bits: 64, identity, trust });
  return { port: hard.port, [Symbol.asyncDispose]: () => hard.drain(0) };
}

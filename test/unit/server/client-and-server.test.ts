import { afterAll, describe, expect, test } from "bun:test";
import { type RunClientOptions, runClient } from "../../../src/client/client.ts";
import { SAMPLE_ANSWERS } from "../../../src/client/sample-answers.ts";
import type { ClientEvent, ServerEvent } from "../../../src/server/events.ts";
import { type CreateServerOptions, createServer } from "../../../src/server/server.ts";
import { REQUESTS } from "../../../src/wire/message.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { rejectionOf } from "../../support/faults.ts";

const { authority, server: identity, client } = await makeCredentials();
const trust = { authorities: authority.cert };

const said: ServerEvent[] = [];
const server = await createServer({
  bits: 8,
  identity,
  trust,
  observe: (event) => void said.push(event),
});
afterAll(() => server.drain(0));

const visitor: RunClientOptions = {
  ports: [server.port],
  identity: client,
  trust,
  answers: SAMPLE_ANSWERS,
};

describe("a client and a server of which little is said", () => {
  test("hold a session on this machine, with each request once", async () => {
    const events: ClientEvent[] = [];

    const report = await runClient({ ...visitor, observe: (event) => void events.push(event) });

    expect(report.fault).toBeUndefined();
    expect(report).toMatchObject({ bits: 8, answered: REQUESTS.length });
    expect(report.connection).toMatchObject({ host: "localhost", port: server.port });
    expect(events.map(({ type }) => type).filter((type) => type !== "exchange")).toEqual([
      "connected",
      "working",
      "solved",
      "finished",
    ]);
    expect(said.map(({ type }) => type)).toContain("session opened");
  });

  test("hold one without certificates only where nobody else can be", async () => {
    const careless = { trust: "anybody" } as const;
    const fault = await rejectionOf(createServer({ ...careless, identity, host: "0.0.0.0" }));
    expect(fault.family).toBe("usage");

    const open = await createServer({ ...careless, identity, bits: 0 });
    const report = await runClient({ ...careless, ports: [open.port], answers: SAMPLE_ANSWERS });
    await open.drain(1);

    expect(report.fault).toBeUndefined();
  });
});

describe("a server does not start", () => {
  const bad: Readonly<Record<string, [Partial<CreateServerOptions>, RegExp]>> = {
    "with more bits than there are": [{ bits: 65 }, /^bits 65 is not/],
    "with a part of a bit": [{ bits: 0.5 }, /^bits 0\.5 is not/],
    "with a token of other characters": [{ token: "a b" }, /^token "a b" is not/],
    "with an empty arg": [{ arg: "" }, /^arg "" is not/],
    "with a request that nobody knows": [
      { requests: ["AGE"] as unknown as CreateServerOptions["requests"] & {} },
      /^"AGE" is not one of FULL_NAME/,
    ],
  };
  for (const [what, [options, message]] of Object.entries(bad)) {
    test(what, async () => {
      const fault = await rejectionOf(createServer({ identity, trust, ...options }));
      expect(fault.family).toBe("usage");
      expect(fault.message).toMatch(message);
    });
  }
});

describe("a client does not set out, and says so in its report", () => {
  const bad: Readonly<Record<string, [Partial<RunClientOptions>, RegExp]>> = {
    "with an answer of two lines": [
      { answers: { ...SAMPLE_ANSWERS, COUNTRY: "a\nOK" } },
      /^the answers: COUNTRY must not hold control characters$/,
    ],
  };
  for (const [what, [options, message]] of Object.entries(bad)) {
    test(what, async () => {
      const { fault, connection } = await runClient({ ...visitor, ...options });
      expect(fault?.family).toBe("usage");
      expect(fault?.message).toMatch(message);
      expect(connection).toBeUndefined();
    });
  }
});

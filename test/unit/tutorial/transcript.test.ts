import { describe, expect, test } from "bun:test";
import type { ClientEvent } from "../../../src/client/events.ts";
import type { ConversationEvent } from "../../../src/conversation/exchange.ts";
import { Fault } from "../../../src/fault/fault.ts";
import type { ServerEvent, Session } from "../../../src/server/events.ts";
import { TUTORIAL_TOKEN } from "../../../src/tutorial/fixed-values.ts";
import { showClient, showServer } from "../../../src/tutorial/transcript.ts";
import { parseServerMessage } from "../../../src/wire/message.ts";

const SESSION: Session = {
  id: 1,
  peer: "192.0.2.1:9",
  identity: undefined,
  tlsVersion: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  traffic: { received: 0, sent: 0 },
};

function serverText(...events: readonly ServerEvent[]): string {
  let text = "";
  const show = showServer((more) => {
    text += more;
  });
  events.forEach(show);
  return text;
}

function clientText(...events: readonly ClientEvent[]): string {
  let text = "";
  const show = showClient((more) => {
    text += more;
  });
  events.forEach(show);
  return text;
}

const exchange = (exchange: ConversationEvent) => ({ type: "exchange", exchange }) as const;
const asked = (line: string) => exchange({ type: "asked", message: parseServerMessage(line) });
const answered = (line: string, answer: string) =>
  exchange({ type: "answered", message: parseServerMessage(line), line: answer, seconds: 0.25 });

describe("a transcript", () => {
  test("has each line as it was sent", () => {
    const text = clientText(asked("HELLO"), answered("HELLO", "HELLOBACK"), asked("DONE"));
    expect(text.match(/^[SC]: .*$/gm)).toEqual(["S: HELLO", "C: HELLOBACK", "S: DONE"]);
  });

  test("explains the first request only", () => {
    const text = clientText(
      asked("EMAIL1 a"),
      answered("EMAIL1 a", "sum value"),
      asked("EMAIL2 b"),
      answered("EMAIL2 b", "sum value"),
    );
    expect(text.match(/<REQUEST> <arg>/g)).toHaveLength(1);
    expect(text.match(/<checksum> <value>/g)).toHaveLength(1);
    expect(text).toEndWith("\nS: EMAIL2 b\nC: sum value\n");
  });

  test("shows the digest of a suffix, right or wrong", () => {
    expect(clientText(answered("WORK a 9", "AAACR"))).toContain("and ends with 9 zero bits");
    expect(clientText(answered("WORK a 9", "AAACQ"))).not.toContain("ends with 9 zero bits");
  });

  test("shows a token whole only if it is the tutorial's", () => {
    expect(clientText(asked(`WORK ${TUTORIAL_TOKEN} 9`))).toContain(
      `S: WORK ${TUTORIAL_TOKEN} 9\n`,
    );
    expect(clientText(asked("WORK SomeOtherToken 9"))).toContain("S: WORK Som… 9\n");
  });

  test("shows unprintable characters escaped", () => {
    const text = clientText(answered("EMAIL1 a", "sum \u001b[2J\u202e"));
    expect(text).toContain("C: sum \\u{1b}[2J\\u{202e}\n");
  });
});

describe("a server's transcript", () => {
  test("names the client", () => {
    const text = serverText({
      type: "session opened",
      session: {
        ...SESSION,
        identity: { subject: "CN=jane", name: "jane", fingerprint: "sha256/abc=" },
      },
    });
    expect(text).toContain("192.0.2.1:9");
    expect(text).toContain("CN=jane");
    expect(serverText({ type: "session opened", session: SESSION })).toContain(
      "shows no certificate",
    );
  });

  test("says why a connection was rejected or refused", () => {
    const fault = new Fault("tlsError", { error: "peerExpired" });
    const text = serverText({ type: "connection rejected", peer: "192.0.2.1:9", fault });
    expect(text).toContain("the peer's certificate has expired");
    expect(serverText({ type: "session refused", session: SESSION, reason: "busy" })).toContain(
      "busy",
    );
  });

  test("says how it ended", () => {
    const end = (fault?: Fault) =>
      serverText({ type: "session finished", session: SESSION, step: "DONE", fault, seconds: 1 });
    expect(end()).toBe("\nThe client has passed.\n");
    expect(end(new Fault("emptySuffix", {}))).toBe("\nThe session ends early.\n");
  });
});

describe("a client's transcript", () => {
  test("names the port that it tried, and the cost of the search", () => {
    const connection = { host: "h", port: 7, tlsVersion: "TLSv1.3", cipher: "C" };
    const text = clientText(
      { type: "no answer", fault: new Fault("noAnswer", { endpoint: "h:6" }) },
      { type: "connected", connection },
      { type: "working", bits: 4 },
      { type: "solved", attempts: 17, seconds: 0.1, kernel: "portable" },
    );
    expect(text.split("\n")).toEqual([
      "No server there: no answer from h:6",
      "A server answers on port 7. The connection uses TLSv1.3, C.",
      "   We tried 17 suffixes, and found one that is right:",
      "",
    ]);
  });
});

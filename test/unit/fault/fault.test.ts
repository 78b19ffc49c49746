import { describe, expect, test } from "bun:test";
import { HIDDEN, PeerText } from "../../../src/fault/define.ts";
import { Fault, HIDING_VOICE, LIBRARY_VOICE, sentenceOf } from "../../../src/fault/fault.ts";

const PERSONAL = "jane@example.org";

describe("text that a peer sent", () => {
  const text = new PeerText(PERSONAL);

  test("hides itself wherever it becomes a string by accident", () => {
    expect(`got ${text}`).toBe(`got ${HIDDEN}`);
    expect(JSON.stringify({ text })).not.toContain(PERSONAL);
    expect(Bun.inspect(text)).not.toContain(PERSONAL);
  });

  test("is shown by a voice that may show it, escaped and quoted", () => {
    const fault = new Fault("unknownKeyword", { keyword: new PeerText("a\u001b[1m") });
    expect(fault.message).toBe('unknown keyword "a\\u{1b}[1m"');
  });

  test("is hidden by the voice of the log, without any quotes around it", () => {
    const fault = new Fault("refusedByServer", { reason: text });
    expect(sentenceOf(fault, LIBRARY_VOICE)).toBe(`the server refused: ${PERSONAL}`);
    expect(sentenceOf(fault, HIDING_VOICE)).toBe(`the server refused: ${HIDDEN}`);
  });
});

describe("a sentence", () => {
  const fault = new Fault("notWhole", { setting: "maxBits", value: "x", least: 0, most: 64 });

  test("names an option as its program does", () => {
    expect(fault.message).toBe('maxBits: "x" is not a whole number from 0 to 64');
    const voice = { ...LIBRARY_VOICE, setting: () => "--max-bits" };
    expect(sentenceOf(fault, voice)).toBe('--max-bits: "x" is not a whole number from 0 to 64');
  });

  test("leaves alone what looks like an option in a file's name", () => {
    const missing = new Fault("fileUnreadable", {
      file: { purpose: "answers", path: "old--ports.json" },
      code: "ENOENT",
    });
    const voice = { ...LIBRARY_VOICE, setting: () => "TLSLP_PORTS" };
    expect(sentenceOf(missing, voice)).toBe("the answers file old--ports.json does not exist");
  });

  test("begins with the endpoint where there is one", () => {
    const closed = new Fault("closedByPeer", {}, { endpoint: "[::1]:1234" });
    expect(closed.message).toBe("[::1]:1234: the peer closed the connection");
  });
});

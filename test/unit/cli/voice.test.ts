import { describe, expect, test } from "bun:test";
import { textFlag } from "../../../src/cli/flag.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { createVoice } from "../../../src/cli/voice.ts";
import { Fault, sentenceOf } from "../../../src/fault/fault.ts";

const FLAGS = {
  maxBits: textFlag({ name: "max-bits", placeholder: "N", fallback: undefined, help: "" }),
  port: textFlag({ name: "port", placeholder: "N", fallback: undefined, help: "" }),
  server: textFlag({
    ...{ name: "server", placeholder: "HOST:PORT", fallback: undefined, help: "" },
    parts: ["host"],
  }),
};
const FROM_VARIABLES = new Map([
  ["maxBits", { texts: ["9"], variable: "TLSLP_MAX_BITS" }],
  ["port", { texts: ["tcp://10.0.0.1:7883"], variable: "TLSLP_PORT" }],
] as const);

describe("a setting is named", () => {
  test("by its flag", () => {
    expect(createVoice(FLAGS).setting("maxBits")).toBe("--max-bits");
  });

  test("by the variable that has its value", () => {
    expect(createVoice(FLAGS, FROM_VARIABLES).setting("maxBits")).toBe("TLSLP_MAX_BITS");
  });

  test("by the flag that it is a part of", () => {
    expect(createVoice(FLAGS).setting("host")).toBe("--server");
  });

  test("by its key where it has no flag", () => {
    expect(createVoice(FLAGS).setting("<token>")).toBe("<token>");
    expect(createVoice(FLAGS).setting("constructor")).toBe("constructor");
  });
});

test("a variable's name does not get into other text", () => {
  const fault = new Fault("fileUnreadable", {
    file: { purpose: "answers", path: "old--max-bits.json" },
    code: "ENOENT",
  });
  expect(sentenceOf(fault, createVoice(FLAGS, FROM_VARIABLES))).toBe(
    "the answers file old--max-bits.json does not exist",
  );
});

describe("a URL for a port", () => {
  const value = "tcp://10.0.0.1:7883";
  const fault = new Fault("notWhole", { setting: "port", value, least: 0, most: 65_535 });

  test("in the variable comes from Kubernetes, and the hint says so", () => {
    expect(hintFor(fault, createVoice(FLAGS, FROM_VARIABLES))).toBe(
      "set enableServiceLinks: false in the pod, or unset TLSLP_PORT",
    );
  });

  test("in the flag comes from the user", () => {
    expect(hintFor(fault, createVoice(FLAGS))).toBeUndefined();
  });
});

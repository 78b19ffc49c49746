/**
 * The test vectors of the protocol, docs/protocol/vectors.json, hold for this implementation. A
 * test in test/e2e checks them with another one.
 */
import { describe, expect, test } from "bun:test";
import vectors from "../../../docs/protocol/vectors.json" with { type: "json" };
import { checksumMatches } from "../../../src/puzzle/checksum.ts";
import { digestOf, isSolution, toHex, trailingZeroBits } from "../../../src/puzzle/digest.ts";
import { LineDecoder } from "../../../src/wire/line.ts";
import {
  isRequestName,
  parseFixedAnswer,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  type ServerMessage,
} from "../../../src/wire/message.ts";
import { expectFollower, type Position } from "../../../src/wire/order.ts";

test.each(vectors.digests)("the digest of %j", ({ token, ending, sha256, zero_bits }) => {
  const digest = digestOf(token, ending);
  expect([toHex(digest), trailingZeroBits(digest)]).toEqual([sha256, zero_bits]);
});

test.each(vectors.solutions)("the solution %j", ({ token, suffix, bits, right }) => {
  expect(isSolution(token, suffix, bits)).toBe(right);
});

describe("the bytes", () => {
  test.each(vectors.frames)("%j", ({ bytes, lines }) => {
    const decode = () => [...new LineDecoder().decode(Buffer.from(bytes, "hex"))];
    expect(resultOf(decode)).toEqual(lines);
  });
});

describe("the line of a server", () => {
  test.each(vectors.server_lines)("%j", ({ line, message }) => {
    expect(resultOf<object>(() => parseServerMessage(line))).toEqual(message);
  });
});

describe("the answer of a client", () => {
  test.each(vectors.client_lines)("%j", ({ line, valid, to, token }) => {
    expect(resultOf(() => isRight(line, parseServerMessage(to), token ?? "")) ?? false).toBe(valid);
  });
});

test.each(vectors.orders)("the order %j", ({ messages, valid }) => {
  expect(resultOf(() => follow(messages)) ?? false).toBe(valid);
});

/** Returns null for a violation of the protocol. */
function resultOf<T>(action: () => T): T | null {
  try {
    return action();
  } catch (fault) {
    expect(fault).toMatchObject({ family: "protocol" });
    return null;
  }
}

/** Whether a line answers a message; throws where it has not even the form of an answer. */
function isRight(line: string, message: ServerMessage, token: string): boolean {
  switch (message.type) {
    case "WORK":
      return isSolution(message.token, parseSuffix(line), message.bits);
    case "REQUEST":
      return checksumMatches(parseInformation(line).checksum, token, message.arg);
    case "HELLO":
      parseFixedAnswer(line, "HELLOBACK");
      return true;
    case "DONE":
      parseFixedAnswer(line, "OK");
      return true;
    case "FAIL":
      return false;
  }
}

function follow(messages: readonly string[]): boolean {
  let position: Position = "start";
  for (const name of messages) {
    const line = name === "WORK" ? "WORK a 9" : isRequestName(name) ? `${name} LGTk` : name;
    const message = parseServerMessage(line);
    // FAIL ends the session, wherever it comes.
    if (message.type === "FAIL") {
      return true;
    }
    position = expectFollower(position, message).type;
  }
  return true;
}

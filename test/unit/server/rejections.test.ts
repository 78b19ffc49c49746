import { expect, test } from "bun:test";
import { Fault } from "../../../src/fault/fault.ts";
import { REJECTION_CAUSES, rejectionCauseOf } from "../../../src/server/rejections.ts";

const weakness = { kind: "weak-key", bits: 1024, minBits: 2048 } as const;

const causes: readonly (readonly [string, Fault])[] = [
  ["untrusted", new Fault("tlsError", { error: "peerUntrusted" })],
  ["our-certificate", new Fault("tlsError", { error: "certificateRequired" })],
  ["weak-key", new Fault("peerCertificateWeak", weakness)],
  ["closed", new Fault("closedInHandshake", {})],
  ["timeout", new Fault("handshakeTimedOut", {})],
  ["too-many", new Fault("tooManyConnections", { scope: "all" })],
  ["other", new Fault("otherTlsError", { text: "ALERT" })],
  ["other", new Fault("unexpected", { message: "a bug" })],
];

for (const [cause, fault] of causes) {
  test(`the cause of "${fault.message}" is ${cause}`, () => {
    expect(rejectionCauseOf(fault)).toBe(cause as (typeof REJECTION_CAUSES)[number]);
  });
}

test("no cause is there twice", () => {
  expect(new Set(REJECTION_CAUSES).size).toBe(REJECTION_CAUSES.length);
});

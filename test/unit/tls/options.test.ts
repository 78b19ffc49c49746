/**
 * The TLS settings that cause refusals. Several of them prevent the same thing, so that no live
 * peer shows that one is missing; here each is checked alone.
 */
import { describe, expect, test } from "bun:test";
import { clientTls, isTrusted, serverTls } from "../../../src/tls/options.ts";
import { unvetted } from "../../support/certificates.ts";

const IDENTITY = { cert: unvetted("our certificate"), key: unvetted("our key") };
const TRUST = { authorities: unvetted("our authorities") };

describe("a peer is trusted", () => {
  const AUTHORIZED = { authorized: true } as Bun.Socket<unknown>;
  const UNAUTHORIZED = { authorized: false } as Bun.Socket<unknown>;

  test("when the handshake, its error and the socket's verdict are all in its favour", () => {
    expect(isTrusted(AUTHORIZED, true, null, TRUST)).toBe(true);
  });

  test("never when the socket is not authorised", () => {
    expect(isTrusted(UNAUTHORIZED, true, null, TRUST)).toBe(false);
  });

  test("never when the handshake left an error", () => {
    expect(isTrusted(AUTHORIZED, true, new Error("CERT_HAS_EXPIRED"), TRUST)).toBe(false);
  });

  test("never when the handshake failed", () => {
    expect(isTrusted(AUTHORIZED, false, null, TRUST)).toBe(false);
  });
});

describe("with authorities", () => {
  test("a server requires a certificate, explicitly", () => {
    expect(serverTls(IDENTITY, TRUST)).toMatchObject({
      ...IDENTITY,
      ca: TRUST.authorities,
      requestCert: true,
      rejectUnauthorized: true,
    });
  });

  test("a client requires the certificate and the name, explicitly", () => {
    expect(clientTls(IDENTITY, TRUST, "localhost")).toMatchObject({
      ...IDENTITY,
      ca: TRUST.authorities,
      rejectUnauthorized: true,
      serverName: "localhost",
    });
  });
});

test("without authorities a server asks for no certificate", () => {
  expect(serverTls(IDENTITY, "anybody")).toMatchObject({
    requestCert: false,
    rejectUnauthorized: false,
  });
});

test("both ends have the same oldest version, ciphers and no session tickets", () => {
  const common = {
    minVersion: 0x0303,
    secureOptions: 0x4000,
    ciphers: expect.stringMatching(/^(ECDHE-[A-Z]+-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305):?)+$/),
  };

  expect(serverTls(IDENTITY, TRUST)).toMatchObject(common);
  expect(serverTls(IDENTITY, "anybody")).toMatchObject(common);
  expect(clientTls(IDENTITY, TRUST, "localhost")).toMatchObject(common);
  expect(clientTls(undefined, "anybody", "localhost")).toMatchObject(common);
});

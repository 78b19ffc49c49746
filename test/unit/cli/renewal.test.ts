import { describe, expect, test } from "bun:test";
import { afterExpiry } from "../../../src/cli/renewal.ts";

describe("an expired certificate is replaced by a command that", () => {
  for (const [purpose, path, hint] of [
    ["serverCert", "certs/server-cert.pem", "tlslp certs renew server makes new ones"],
    ["clientCert", "a b/client-cert.pem", "tlslp certs renew client --dir 'a b' makes new ones"],
    [
      "serverCert",
      "tls/intake.pem",
      "tlslp certs renew server --dir DIR makes a new one in DIR, the folder of its authority",
    ],
    [
      "clientCert",
      "tls/me.pem",
      "tlslp certs renew client --dir DIR makes a new one in DIR, the folder of its authority",
    ],
    [
      "authorities",
      "certs/ca-cert.pem",
      "tlslp certs --force makes a new authority, and all its certificates again",
    ],
    [
      "authorities",
      "other/ca-cert.pem",
      "tlslp certs --force --dir other makes a new authority, and all its certificates again",
    ],
    [
      "authorities",
      "trusted.pem",
      "tlslp certs --force --dir DIR makes a new authority, and all its certificates again",
    ],
  ] as const) {
    test(`names the right folder: ${purpose} ${path}`, () => {
      expect(afterExpiry({ purpose, path })).toBe(hint);
    });
  }
});

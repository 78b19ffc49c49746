import { afterAll, describe, expect, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Credential } from "../../../src/certificates/credentials.ts";
import { parseIdentity, readIdentity, vetIdentity } from "../../../src/certificates/identity.ts";
import type { FilePurpose } from "../../../src/fault/sentences/files.ts";
import type { InputFile } from "../../../src/io/input.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { hintOf, usageFaultOf } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";

const { authority, server, client } = await makeCredentials();
const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());

const GARBAGE = {
  "an empty file": "",
  "a file of something else": "never gonna give you up\n",
  "a certificate cut short": `${server.cert.slice(0, 200)}\n`,
  "a certificate's frame around nothing":
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  "DER instead of PEM": new X509Certificate(server.cert).raw,
  "a private key": server.key,
};

describe("an identity", () => {
  test("is the certificate and the key of its files", () => {
    expect(readPair(server)).toEqual({ cert: server.cert, key: server.key });
  });

  test("may include the certificate of its authority", () => {
    const cert = `${server.cert}${authority.cert}`;

    expect(`${readPair({ cert, key: server.key }).cert}`).toBe(cert);
  });

  test("begins with the certificate of the key, wherever that is in the file", () => {
    const pair = readPair({ cert: `${authority.cert}${server.cert}`, key: server.key });

    expect(`${pair.cert}`).toBe(`${server.cert}${authority.cert}`);
  });

  test("may have text around its certificate, which is left out", () => {
    const cert = `Certificate of a server\n${server.cert}issued by somebody\n`;

    expect(readPair({ cert, key: server.key }).cert).toBe(server.cert);
  });

  test("may have a key in the older form of PEM, after the parameters of its curve", () => {
    const key = createPrivateKey(server.key).export({ type: "sec1", format: "pem" }).toString();
    const parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

    expect(readPair({ cert: server.cert, key: parameters + key }).key).toBe(server.key);
  });

  test("may have one file for both", () => {
    const both = `${server.key}${server.cert}`;

    expect(readPair({ cert: both, key: both })).toEqual({ cert: server.cert, key: server.key });
  });

  for (const [what, content] of Object.entries(GARBAGE)) {
    test(`cannot have ${what} for a certificate`, () => {
      usageFaultOf(
        () => readIdentity(place("cert", content), place("key", server.key), "server"),
        /^the certificate \S+ (holds no PEM certificate(, only DER|, only a private key)?|is damaged at line 1)$/,
      );
    });
  }

  test("cannot have the key of another certificate", () => {
    usageFaultOf(
      () => readPair({ cert: server.cert, key: client.key }),
      /^the private key \S+ does not belong to the certificate \S+$/,
    );
  });

  test("that came from no file is judged by the same rules", () => {
    expect(parseIdentity(server, "server")).toEqual({ cert: server.cert, key: server.key });
    usageFaultOf(
      () => parseIdentity({ cert: server.cert, key: client.key }, "server"),
      /^the private key does not belong to the certificate$/,
    );
  });

  for (const [name, remedy] of [
    [
      "tlslp private CA",
      "tlslp certs renew server --dir DIR makes a new one in DIR, the folder of its authority",
    ],
    ["another authority", "ask CN=another authority for a new one"],
  ] as const) {
    test(`cannot have an expired certificate of ${name}, and the hint says how to get a new one`, async () => {
      const issuer = await makeAuthority({ name });
      const expired = await issuer.issue({ purpose: "server", validity: "expired" });

      const fault = usageFaultOf(() => readPair(expired), /^the certificate \S+ expired on \w+/);
      expect(hintOf(fault)).toBe(remedy);
    });
  }

  test("cannot have a certificate that is not valid yet", async () => {
    const early = await authority.issue({ purpose: "server", validity: "not yet valid" });

    usageFaultOf(() => readPair(early), /^the certificate \S+ is valid only from \w+/);
  });

  for (const [end, other] of [
    ["server", "client"],
    ["client", "server"],
  ] as const) {
    test(`of a ${end} cannot have a certificate that is for a ${other}`, async () => {
      const credential = await authority.issue({ purpose: other });

      parseIdentity(credential, other);
      const fault = usageFaultOf(
        () => parseIdentity(credential, end),
        new RegExp(`^the certificate is not meant for a ${end}$`),
      );
      expect(hintOf(fault)).toContain(`${end}Auth`);
    });
  }

  test("cannot have a weak key", async () => {
    const weak = await authority.issue({ purpose: "server", weak: true });

    usageFaultOf(
      () => readPair(weak),
      /^the certificate \S+ has an RSA key of 1024 bits; 2048 is the least$/,
    );
  });

  test("cannot have a weak signature", async () => {
    const forgeable = await authority.issue({ purpose: "server", forgeable: true });

    const fault = usageFaultOf(
      () => readPair(forgeable),
      /^the certificate \S+ has a signature by ecdsa-with-SHA1; SHA-2 is needed$/,
    );
    expect(hintOf(fault)).toContain("signed again with SHA-256");
  });

  test("has warnings about its other certificates, each with its own subject", async () => {
    const expired = await makeAuthority({ name: "old root", validity: "expired" });
    const weak = await authority.issue({ purpose: "client", weak: true });

    const { identity, warnings } = vet(`${server.cert}${expired.cert}${weak.cert}`);

    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^the certificate: CN=old root expired on \w+/),
      "the certificate: CN=test client has an RSA key of 1024 bits; 2048 is the least",
    ]);
    expect(identity.cert).toContain(expired.cert);
  });

  for (const [what, block] of [
    ["damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["cut short", authority.cert.slice(0, 300)],
    ["OpenSSL's own", authority.cert.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE")],
  ] as const) {
    test(`has a warning about another block that is ${what}`, () => {
      const { identity, warnings } = vet(`${server.cert}${block}`);

      expect(identity.cert).toBe(server.cert);
      expect(warnings.map(({ code }) => code)).toEqual([
        what === "OpenSSL's own" ? "otherPemForm" : "fileDamaged",
      ]);
    });
  }

  test("must be whole itself", () => {
    const chain = `${server.cert.slice(0, 300)}\n${authority.cert}`;

    usageFaultOf(() => vet(chain), /^the certificate is damaged at line 1$/);
  });

  test("cannot have an encrypted key without a password", () => {
    const key = createPrivateKey(server.key)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
      .toString();

    const fault = usageFaultOf(
      () => readPair({ cert: server.cert, key }),
      /^the private key \S+ is encrypted$/,
    );
    expect(hintOf(fault)).toMatch(/^set TLSLP_PASSWORD to its password/);
  });

  for (const [what, key, ending] of [
    ["an empty file", "", ""],
    ["a certificate", server.cert, ", only a certificate"],
    [
      "DER instead of PEM",
      createPrivateKey(server.key).export({ type: "pkcs8", format: "der" }),
      ", only DER",
    ],
  ] as const) {
    test(`cannot have ${what} for a key`, () => {
      usageFaultOf(
        () => readIdentity(place("cert", server.cert), place("key", key), "server"),
        new RegExp(`^the private key \\S+ holds no PEM private key${ending}$`),
      );
    });
  }

  test("that is DER, and not PEM, has a hint that converts it to PEM", () => {
    const key = createPrivateKey(server.key).export({ type: "pkcs8", format: "der" });

    const fault = usageFaultOf(
      () => readIdentity(place("cert", server.cert), place("key", key), "server"),
      /only DER$/,
    );
    expect(hintOf(fault)).toBe("openssl pkey converts it to PEM");
  });

  for (const [mode, complaint] of [
    [0o620, "can be written by others"],
    [0o602, "can be written by others"],
    [0o604, "can be read by everybody"],
    [0o644, "can be read by everybody"],
  ] as const) {
    test(`cannot have a key of mode ${mode.toString(8)}, and the hint has the remedy`, () => {
      const fault = usageFaultOf(
        () => readPair(server, mode),
        new RegExp(`^the private key \\S+ ${complaint}`),
      );
      expect(hintOf(fault)).toMatch(/^chmod 600 /);
    });
  }

  test("may have a key that the group can read", () => {
    expect(readPair(server, 0o640).key).toBe(server.key);
  });

  test("cannot be read from files that do not exist", () => {
    const missing = { path: join(folder.path, "missing.pem"), purpose: "cert" as const };

    usageFaultOf(
      () => readIdentity(missing, missing, "server"),
      /^the certificate \S+missing\.pem does not exist$/,
    );
  });

  test("never shows the key in an error", () => {
    const fault = usageFaultOf(() => readPair({ cert: server.cert, key: client.key }), /belong/);
    const [, secret = ""] = client.key.split("\n");

    expect(Bun.inspect(fault)).not.toContain(secret);
  });
});

let placed = 0;

/** Writes a file of its own. */
function place(purpose: FilePurpose, content: string | Uint8Array, mode = 0o600): InputFile {
  placed += 1;
  const path = join(folder.path, `${placed}-${purpose}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return { path, purpose };
}

function readPair({ cert, key }: Credential, keyMode = 0o600) {
  return readIdentity(place("cert", cert), place("key", key, keyMode), "server");
}

/** Vets a chain that begins with the server's certificate. */
function vet(chain: string) {
  const files = { cert: { purpose: "cert" }, key: { purpose: "key" } } as const;
  return vetIdentity(Buffer.from(chain), Buffer.from(server.key), files, "server");
}

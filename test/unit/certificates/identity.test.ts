import { afterAll, describe, expect, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Credential } from "../../../src/certificates/credentials.ts";
import {
  readAuthorities,
  readIdentity,
  vetAuthorities,
  vetIdentity,
} from "../../../src/certificates/identity.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import type { FilePurpose } from "../../../src/fault/sentences/files.ts";
import type { InputFile } from "../../../src/io/input.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
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
  test("is the certificate and the key as they stand in their files", () => {
    expect(readPair(server)).toEqual({ cert: server.cert, key: server.key });
  });

  test("may bring along the certificate of its authority", () => {
    const cert = `${server.cert}${authority.cert}`;

    expect(readPair({ cert, key: server.key }).cert).toBe(cert);
  });

  test("is judged by the first certificate of the file", () => {
    expectUsage(
      () => readPair({ cert: `${authority.cert}${server.cert}`, key: server.key }),
      /^the private key \S+ does not belong to the certificate \S+$/,
    );
  });

  test("may have text around its certificate", () => {
    const cert = `Certificate of a server\n${server.cert}issued by somebody\n`;

    expect(readPair({ cert, key: server.key }).cert).toBe(cert);
  });

  test("may have a key in the older form of PEM", () => {
    const key = createPrivateKey(server.key).export({ type: "sec1", format: "pem" }).toString();

    expect(readPair({ cert: server.cert, key }).key).toBe(key);
  });

  for (const [what, content] of Object.entries(GARBAGE)) {
    test(`cannot have ${what} for a certificate`, () => {
      expectUsage(
        () => readIdentity(place("cert", content), place("key", server.key)),
        /^the certificate \S+ (holds no PEM certificate|is damaged|is not text in UTF-8)$/,
      );
    });
  }

  test("cannot have the key of another certificate", () => {
    expectUsage(
      () => readPair({ cert: server.cert, key: client.key }),
      /^the private key \S+ does not belong to the certificate \S+$/,
    );
  });

  test("that came from no file is judged by the same rules", () => {
    vetIdentity(server);
    expectUsage(
      () => vetIdentity({ cert: server.cert, key: client.key }),
      /^the private key does not belong to the certificate$/,
    );
  });

  for (const [name, remedy] of [
    ["tlslp private CA", "tlslp certs --force makes new ones"],
    ["another authority", "ask CN=another authority for a new one"],
  ] as const) {
    test(`cannot have an expired certificate of ${name}, and is told who makes a new one`, async () => {
      const issuer = await makeAuthority({ name });
      const expired = await issuer.issue({ purpose: "server", validity: "expired" });

      const fault = expectUsage(() => readPair(expired), /^the certificate \S+ expired on \w+/);
      expect(hintFor(fault, LIBRARY_VOICE)).toBe(remedy);
    });
  }

  test("cannot have a certificate that is not valid yet", async () => {
    const early = await authority.issue({ purpose: "server", validity: "not yet valid" });

    expectUsage(() => readPair(early), /^the certificate \S+ is valid only from \w+/);
  });

  for (const [end, other] of [
    ["server", "client"],
    ["client", "server"],
  ] as const) {
    test(`of a ${end} cannot have a certificate that is for a ${other}`, async () => {
      const credential = await authority.issue({ purpose: other });

      vetIdentity(credential, other);
      const fault = expectUsage(
        () => vetIdentity(credential, end),
        new RegExp(`^the certificate is not meant for a ${end}$`),
      );
      expect(hintFor(fault, LIBRARY_VOICE)).toContain(`${end}Auth`);
    });
  }

  test("cannot have a weak key, not even further up its chain", async () => {
    const weak = await authority.issue({ purpose: "server", weak: true });

    const complaint = /^the certificate \S+ has an RSA key of 1024 bits; 2048 is the least$/;
    expectUsage(() => readPair(weak), complaint);
    expectUsage(() => readPair({ cert: `${server.cert}${weak.cert}`, key: server.key }), complaint);
  });

  test("cannot have a weak signature, not even further up its chain", async () => {
    const forgeable = await authority.issue({ purpose: "server", forgeable: true });

    const complaint = /^the certificate \S+ has a signature by ecdsa-with-SHA1; SHA-2 is needed$/;
    const fault = expectUsage(() => readPair(forgeable), complaint);
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("signed again with SHA-256");
    const cert = `${server.cert}${forgeable.cert}`;
    expectUsage(() => readPair({ cert, key: server.key }), complaint);
  });

  test("cannot have an encrypted key", () => {
    const key = createPrivateKey(server.key)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
      .toString();

    const fault = expectUsage(
      () => readPair({ cert: server.cert, key }),
      /^the private key \S+ holds no unencrypted PEM private key$/,
    );
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("openssl pkey takes a password off");
  });

  for (const [what, key] of Object.entries({
    "an empty file": "",
    "a certificate": server.cert,
    "DER instead of PEM": createPrivateKey(server.key).export({ type: "pkcs8", format: "der" }),
  })) {
    test(`cannot have ${what} for a key`, () => {
      expectUsage(
        () => readIdentity(place("cert", server.cert), place("key", key)),
        /^the private key \S+ (holds no unencrypted PEM private key|is not text in UTF-8)$/,
      );
    });
  }

  test("that is DER, and not PEM, leads to what makes PEM of it", () => {
    const key = createPrivateKey(server.key).export({ type: "pkcs8", format: "der" });

    const fault = expectUsage(
      () => readIdentity(place("cert", server.cert), place("key", key)),
      /^the private key \S+ is not text in UTF-8$/,
    );
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("it looks like DER");
  });

  for (const [mode, complaint] of [
    [0o620, "can be written by others"],
    [0o602, "can be written by others"],
    [0o604, "can be read by everybody"],
    [0o644, "can be read by everybody"],
  ] as const) {
    test(`cannot have a key of mode ${mode.toString(8)}, and is told the remedy`, () => {
      const fault = expectUsage(
        () => readPair(server, mode),
        new RegExp(`^the private key \\S+ ${complaint}`),
      );
      expect(hintFor(fault, LIBRARY_VOICE)).toMatch(/^chmod 600 /);
    });
  }

  test("may have a key that the group can read", () => {
    expect(readPair(server, 0o640).key).toBe(server.key);
  });

  test("cannot be read from files that do not exist", () => {
    const missing = { path: join(folder.path, "missing.pem"), purpose: "cert" as const };

    expectUsage(
      () => readIdentity(missing, missing),
      /^the certificate \S+missing\.pem does not exist$/,
    );
  });

  test("never shows the key in what it complains about", () => {
    const fault = expectUsage(() => readPair({ cert: server.cert, key: client.key }), /belong/);
    const [, secret = ""] = client.key.split("\n");

    expect(Bun.inspect(fault)).not.toContain(secret);
  });
});

describe("authorities", () => {
  test("are the certificates as they stand in the file", () => {
    expect(readAuthorities(place("authorities", authority.cert))).toBe(authority.cert);
  });

  test("may be several in one file", async () => {
    const other = await makeAuthority({ name: "another authority" });
    const both = `${authority.cert}${other.cert}`;

    expect(readAuthorities(place("authorities", both))).toBe(both);
  });

  for (const [what, content] of Object.entries(GARBAGE)) {
    test(`are not ${what}`, () => {
      expectUsage(
        () => readAuthorities(place("authorities", content)),
        /^the CA certificate \S+ (holds no PEM certificate|is damaged|is not text in UTF-8)$/,
      );
    });
  }

  test("that came from no file are judged by the same rules", () => {
    vetAuthorities(authority.cert);
    expectUsage(() => vetAuthorities(""), /^the CA certificate holds no PEM certificate$/);
  });

  test("may have signed themselves with SHA-1, for nobody looks at that", async () => {
    const { cert } = await makeAuthority({ forgeable: true });

    expect(readAuthorities(place("authorities", cert))).toBe(cert);
  });

  test("are not the certificate of a server", () => {
    expectUsage(
      () => readAuthorities(place("authorities", server.cert)),
      /is not the certificate of an authority$/,
    );
  });

  test("are not a certificate that denies being one, though it signs others", async () => {
    const pretender = await makeAuthority({ isAuthority: false });

    expectUsage(
      () => readAuthorities(place("authorities", pretender.cert)),
      /is not the certificate of an authority$/,
    );
  });

  for (const form of ["X509 CERTIFICATE", "TRUSTED CERTIFICATE"]) {
    test(`are not hidden in a ${form}`, () => {
      const hidden = authority.cert.replaceAll("CERTIFICATE", form);

      const fault = expectUsage(
        () => readAuthorities(place("authorities", `${authority.cert}${hidden}`)),
        new RegExp(`^the CA certificate \\S+ has a "BEGIN ${form}", which cannot be vetted$`),
      );
      expect(hintFor(fault, LIBRARY_VOICE)).toContain("openssl x509");
    });
  }

  test("are all judged, not only the first in the file", () => {
    expectUsage(
      () => readAuthorities(place("authorities", `${authority.cert}${server.cert}`)),
      /is not the certificate of an authority$/,
    );
  });

  for (const [validity, complaint] of [
    ["expired", /expired on \w+/],
    ["not yet valid", /is valid only from \w+/],
  ] as const) {
    test(`cannot be ${validity}`, async () => {
      const { cert } = await makeAuthority({ validity });

      expectUsage(() => readAuthorities(place("authorities", cert)), complaint);
    });
  }

  test("cannot be a folder", () => {
    const path = join(folder.path, "folder");
    mkdirSync(path);

    expectUsage(
      () => readAuthorities({ path, purpose: "authorities" }),
      /^the CA certificate \S+ is (a folder, not a file|not a regular file)$/,
    );
  });
});

let placed = 0;

/** Writes a file of its own; errors call it by its name. */
function place(name: FilePurpose, content: string | Uint8Array, mode = 0o600): InputFile {
  placed += 1;
  const path = join(folder.path, `${placed}-${name}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return { path, purpose: name };
}

function readPair({ cert, key }: Credential, keyMode = 0o600) {
  return readIdentity(place("cert", cert), place("key", key, keyMode));
}

function expectUsage(action: () => unknown, message: RegExp): Fault {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof Fault) {
      expect(thrown.message).toMatch(message);
      expect(thrown.family).toBe("usage");
      return thrown;
    }
    throw thrown;
  }
  throw new Error(`expected a usage fault like ${message}`);
}

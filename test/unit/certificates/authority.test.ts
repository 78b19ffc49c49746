/**
 * Authorities that are made and opened, and the certificates that they issue; OpenSSL and GnuTLS
 * judge them.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Authority,
  makeAuthority,
  openAuthority,
  readAuthority,
} from "../../../src/certificates/authority.ts";
import { issueClient, issueServer } from "../../../src/certificates/issue.ts";
import { commonNameOf } from "../../../src/certificates/subject.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { makeAuthority as makeOldAuthority } from "../../support/certificates.ts";
import { type Made, openssl, openWorkshop, ROOT, RSA } from "../../support/openssl.ts";
import { makeFolder, run } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const DAY = 24 * 60 * 60 * 1000;
const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());
const own = await makeAuthority();

test("an authority is valid for ten years, and its leaves for as long as was asked", async () => {
  const { cert } = await issueServer(own, { hosts: ["localhost"], days: 365 });

  expect(daysLeft(own.credential.cert)).toBeCloseTo(3650, 2);
  expect(daysLeft(cert)).toBeCloseTo(365, 2);
});

test("OpenSSL's strict verification accepts an authority itself", async () => {
  const path = workshop.write(own.credential.cert);

  const verified = await run(["openssl", "verify", "-x509_strict", "-CAfile", path, path]);

  expect(verified).toMatchObject({ code: 0, stderr: "" });
});

test("no certificate is valid before its authority, or after it", async () => {
  const authority = await makeAuthority(10);

  const leaves = [
    await issueServer(authority, { hosts: ["localhost"], days: 365 }),
    await issueClient(authority, { name: "Ada", days: 11, now: new Date(Date.now() - DAY) }),
  ];

  const ca = new X509Certificate(authority.credential.cert);
  for (const { cert } of leaves) {
    const leaf = new X509Certificate(cert);
    expect(leaf.validTo).toBe(ca.validTo);
    expect(Date.parse(leaf.validFrom)).toBeGreaterThanOrEqual(Date.parse(ca.validFrom));
  }
});

describe("an opened authority", () => {
  const kinds: Readonly<Record<string, () => Promise<{ cert: string; key: string }>>> = {
    "that we made": async () => own.credential,
    "of the version before": () => makeOldAuthority({ name: "tlslp private CA 4a1b2c3d" }),
    "with an RSA key": async () => workshop.make({ name: "rsa", extensions: ROOT, key: RSA }),
    "with a P-384 key": async () => madeWith("EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "with a P-521 key": async () => madeWith("EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
    "with an Ed25519 key": async () => madeWith("ED25519"),
    "with a key identifier of its own": async () =>
      workshop.make({ extensions: [...ROOT, "subjectKeyIdentifier=01:02:03:04"] }),
    "whose name has special characters": async () =>
      workshop.make({ name: 'Ümläut, "O=x" \\+ \\\\ #1', extensions: ROOT }),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    test(`${kind} issues certificates that OpenSSL and GnuTLS accept`, async () => {
      const { cert, key } = await make();

      const authority = await openAuthority({ certificate: cert, key });

      await expectValid(cert, authority, kind.includes("RSA") ? "medium" : "high");
    });
  }

  test("whose file has several certificates is the one that the key belongs to", async () => {
    const other = workshop.make({ name: "other", extensions: ROOT });
    const certificate = `other:\n${other.cert}\nours:\n${own.credential.cert}`;

    const authority = await openAuthority({ certificate, key: own.credential.key });

    expect(authority.certificate.serialNumber).toBe(own.certificate.serialNumber);
  });

  test("of a folder may have an encrypted key", async () => {
    using folder = makeFolder();
    writeFileSync(join(folder.path, "ca-cert.pem"), own.credential.cert);
    const plain = workshop.write(own.credential.key);
    const encrypted = openssl("pkcs8", "-topk8", "-in", plain, "-passout", "pass:secret");
    writeFileSync(join(folder.path, "ca-key.pem"), encrypted, { mode: 0o600 });

    const authority = await readAuthority(folder.path, async ({ purpose }) => {
      return purpose === "authorityKey" ? "secret" : undefined;
    });

    expect(authority.certificate.serialNumber).toBe(own.certificate.serialNumber);
    expect(await messageOf(readAuthority(folder.path, async () => undefined))).toBe(
      `the CA key ${folder.path}/ca-key.pem is encrypted`,
    );
  });

  function madeWith(algorithm: string, ...options: readonly string[]): Made {
    return workshop.make({ extensions: ROOT, key: ["-algorithm", algorithm, ...options] });
  }
});

describe("an authority is not opened", () => {
  const other = workshop.make({ name: "other", extensions: ROOT });
  const leaf = workshop.make({ name: "leaf", extensions: ["basicConstraints=CA:FALSE"] });
  const signsNothing = workshop.make({
    extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"],
  });
  const { cert, key } = own.credential;
  const refusals: readonly [string, { certificate: string; key: string }, string][] = [
    [
      "with the key of another",
      { certificate: cert, key: other.key },
      "the CA key does not belong to the CA certificate",
    ],
    [
      "with a certificate of no authority",
      { certificate: leaf.cert, key: leaf.key },
      "the CA certificate is not the certificate of an authority: its basic constraints lack CA:TRUE",
    ],
    [
      "without keyCertSign",
      { certificate: signsNothing.cert, key: signsNothing.key },
      "the CA certificate is not the certificate of an authority: its key usage lacks keyCertSign",
    ],
    [
      "without a key",
      { certificate: cert, key: cert },
      "the CA key holds no PEM private key, only a certificate",
    ],
    [
      "without a certificate",
      { certificate: key, key },
      "the CA certificate holds no PEM certificate, only a private key",
    ],
  ];
  for (const [kind, pem, message] of refusals) {
    test(kind, async () => {
      expect(await messageOf(openAuthority(pem))).toBe(message);
    });
  }

  test("after it expired, and the hint is a command that makes another", async () => {
    const old = await makeAuthority(1, new Date(Date.now() - 2 * DAY));

    const fault = await faultOf(
      openAuthority({ certificate: old.credential.cert, key: old.credential.key }),
    );

    expect(fault.message).toMatch(/^the CA certificate expired on /);
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("tlslp certs --force");
  });

  test("of a folder without one", async () => {
    using folder = makeFolder();

    expect(await messageOf(readAuthority(folder.path, async () => undefined))).toBe(
      `the CA certificate ${folder.path}/ca-cert.pem does not exist`,
    );
  });
});

describe("the name of a client", () => {
  const names = [
    "Ada Lovelace",
    'O="x", CN=y+z/\\#;<>',
    "#0401",
    "\\2c",
    '"quoted"',
    "Κυριακή 日本語 שלום",
    "می‌خواهم 👩‍🔬",
    "é".repeat(64),
    "👩".repeat(64),
    "=",
  ];
  for (const name of names) {
    test(`${name} is one common name, as it was given`, async () => {
      const { cert } = await issueClient(own, { name, days: 15 });

      expect(commonNameOf(new X509Certificate(cert))).toBe(name);
      const shown = ["-nameopt", "sep_multiline,utf8", "-noout", "-subject"];
      const { stdout } = await run(["openssl", "x509", "-in", workshop.write(cert), ...shown]);
      expect(stdout).toBe(`subject=\n    CN=${name}\n`);
    });
  }

  for (const name of ["", "x".repeat(65), " Ada", "Ada\n", "A\u0000da", "\u202eadA", "\ud800"]) {
    test(`cannot be ${JSON.stringify(name)}`, async () => {
      expect((await faultOf(issueClient(own, { name, days: 15 }))).code).toBe(
        "certificateNameUnusable",
      );
    });
  }
});

test("a client's certificate can be for a key that was made elsewhere", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  const issued = await issueClient(own, {
    ...{ name: "Ada", days: 15 },
    publicKey: publicKey.export({ type: "spki", format: "der" }),
  });

  expect(issued.key).toBeUndefined();
  expect(new X509Certificate(issued.cert).checkPrivateKey(privateKey)).toBe(true);
  await expectVerified(own.credential.cert, issued.cert, "sslclient", "medium");
});

type Profile = "medium" | "high";

async function expectValid(ca: string, authority: Authority, profile: Profile): Promise<void> {
  const server = await issueServer(authority, { hosts: ["localhost", "::1"], days: 15 });
  const client = await issueClient(authority, { name: "Ada", days: 15 });
  await expectVerified(ca, server.cert, "sslserver", profile);
  await expectVerified(ca, client.cert, "sslclient", profile);
}

async function expectVerified(
  ca: string,
  leaf: string,
  purpose: string,
  profile: Profile,
): Promise<void> {
  const [caPath, path] = [workshop.write(ca), workshop.write(leaf)];
  const strict = ["-x509_strict", "-purpose", purpose, "-CAfile", caPath];
  const byOpenssl = await run(["openssl", "verify", ...strict, path]);
  expect(byOpenssl).toMatchObject({ code: 0, stderr: "" });
  if (Bun.which("certtool") !== null) {
    const files = ["--load-ca-certificate", caPath, "--infile", path];
    const byGnutls = await run(["certtool", "--verify", "--verify-profile", profile, ...files]);
    expect(byGnutls.stdout).toContain("Chain verification output: Verified.");
  }
}

function daysLeft(cert: string): number {
  return (Date.parse(new X509Certificate(cert).validTo) - Date.now()) / DAY;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return (await faultOf(promise)).message;
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Fault)) {
    throw new Error(`no fault: ${thrown}`);
  }
  return thrown;
}

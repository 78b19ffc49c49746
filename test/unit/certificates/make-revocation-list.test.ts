/**
 * Lists that we make, judged by OpenSSL and by the server's own vetting.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Authority, openAuthority } from "../../../src/certificates/authority.ts";
import {
  makeRevocationList,
  NO_LIST,
  readExistingList,
  requireListSigner,
  serialsOf,
} from "../../../src/certificates/make-revocation-list.ts";
import { rejectionOf } from "../../support/faults.ts";
import { type Made, openssl, openWorkshop, ROOT, RSA } from "../../support/openssl.ts";

setDefaultTimeout(120_000);

const FILE = { purpose: "revocations", path: "crl.pem" } as const;
const NOW = new Date();
const ELLIPTIC = ["-algorithm", "EC", "-pkeyopt"];
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "P-256": [...ELLIPTIC, "ec_paramgen_curve:P-256"],
  "P-384": [...ELLIPTIC, "ec_paramgen_curve:P-384"],
  "P-521": [...ELLIPTIC, "ec_paramgen_curve:P-521"],
  RSA,
  Ed25519: ["-algorithm", "ED25519"],
};

const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());
const root = workshop.make({ name: "root", extensions: [...ROOT, "subjectKeyIdentifier=hash"] });
const authority = await open(root);

function open({ cert, key }: Made): Promise<Authority> {
  return openAuthority({ certificate: cert, key });
}

/** Makes a list with these serial numbers beside those of an existing list. */
async function list(serials: readonly string[], before?: string, days = 30): Promise<string> {
  const existing =
    before === undefined ? NO_LIST : await readExistingList(Buffer.from(before), FILE, authority);
  const revoked = new Map(serials.map((serial) => [serial, NOW]));
  return (await makeRevocationList(authority, { existing, revoked, days, now: NOW })).pem;
}

/** Returns OpenSSL's text of a list, and its verdict on the signature. */
function readByOpenssl(pem: string, { certPath }: Made = root): string {
  const path = workshop.write(pem);
  const { stdout, stderr } = Bun.spawnSync([
    ...["openssl", "crl", "-in", path, "-noout", "-text", "-CAfile", certPath],
  ]);
  return `${stderr}${stdout}`;
}

test("a list has a number, the authority's key identifier and the end of its validity", async () => {
  const text = readByOpenssl(await list([], await list([]), 7));

  expect(text).toStartWith("verify OK");
  expect(text).toMatch(/CRL Number: \n +2\n/);
  const [, identifier] = /Authority Key Identifier: \n +(\S+)\n/.exec(text) ?? [];
  expect(openssl("x509", "-in", root.certPath, "-noout", "-text").toString()).toContain(
    `${identifier}`,
  );
  const [, until = ""] = /Next Update: (.*)\n/.exec(text) ?? [];
  expect(Date.parse(until)).toBe(Math.floor(NOW.getTime() / 1000) * 1000 + 7 * 86_400_000);
  expect(text).toContain("No Revoked Certificates.");
});

test("a list keeps the entries of the one before", async () => {
  const [first, second] = [1, 2].map((number) =>
    workshop.make({ name: `client ${number}`, issuer: root }),
  ) as [Made, Made];
  const ofOpenssl = workshop.revoke(root, ["authorityKeyIdentifier=keyid"], { revoked: [first] });
  const { serialNumber } = new X509Certificate(second.cert);

  const text = readByOpenssl(await list([serialNumber.toLowerCase()], ofOpenssl));

  expect(text.match(/Serial Number: /g)).toHaveLength(2);
  expect(text).toContain(`Serial Number: ${serialNumber}\n`);
  expect(text).toStartWith("verify OK");
});

test("a certificate that is on the list already is not added again", async () => {
  const once = await list(["40ff"]);
  const twice = await list(["40ff", "ff", "80"], once);

  const { entries, number } = await readExistingList(Buffer.from(twice), FILE, authority);

  expect([...serialsOf({ entries, number })]).toEqual(["40ff", "ff", "80"]);
  expect(number).toBe(2n);
});

test("a list may have thousands of certificates", async () => {
  const serials = Array.from({ length: 3000 }, (_, index) => (0x4000_0000 + index).toString(16));

  const { entries } = await readExistingList(Buffer.from(await list(serials)), FILE, authority);

  expect(entries).toHaveLength(serials.length);
});

describe("an authority with a key of the kind", () => {
  for (const [kind, key] of Object.entries(KEYS)) {
    test(`${kind} makes a list that revokes a certificate for OpenSSL`, async () => {
      const signer = workshop.make({ name: kind, key, extensions: ROOT });
      const client = workshop.make({ name: "client", issuer: signer });
      const serial = new X509Certificate(client.cert).serialNumber.toLowerCase();
      const options = { existing: NO_LIST, revoked: new Map([[serial, NOW]]), days: 30, now: NOW };

      const { pem } = await makeRevocationList(await open(signer), options);

      const both = workshop.write(readFileSync(signer.certPath, "utf8") + pem);
      const { exitCode, stderr } = Bun.spawnSync([
        ...["openssl", "verify", "-crl_check", "-x509_strict", "-CAfile", both, client.certPath],
      ]);
      expect(readByOpenssl(pem, signer)).toStartWith("verify OK");
      expect([exitCode, stderr.toString()]).toEqual([
        2,
        expect.stringContaining("certificate revoked"),
      ]);
    });
  }
});

describe("a file in the place of the list is refused", () => {
  const refusal = (text: string) =>
    rejectionOf(readExistingList(Buffer.from(text), FILE, authority));

  test("with the list of another authority", async () => {
    const other = workshop.make({ name: "root", extensions: ROOT });
    expect((await refusal(workshop.revoke(other))).message).toBe(
      "the revocation list crl.pem was not made by the authority CN=root",
    );
  });

  test("without a list", async () => {
    expect((await refusal("nothing\n")).code).toBe("noListInFile");
  });

  test("with a damaged list", async () => {
    const damaged = (await list([])).replace("MI", "AA");
    expect((await refusal(damaged)).code).toBe("revocationListDamaged");
  });
});

test("an authority whose key usage lacks cRLSign makes no list", async () => {
  const silent = workshop.make({
    name: "silent",
    extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"],
  });
  const opened = await open(silent);

  expect(() => requireListSigner(opened, FILE)).toThrow(
    "the revocation list crl.pem does not count: the key usage of its authority CN=silent lacks cRLSign",
  );
});

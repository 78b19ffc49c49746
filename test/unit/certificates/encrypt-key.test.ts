import { expect, test } from "bun:test";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { withoutPassword } from "../../../src/certificates/decrypted-file.ts";
import { encryptKey } from "../../../src/certificates/encrypt-key.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { openssl, openWorkshop } from "../../support/openssl.ts";

const FILE = { purpose: "clientKey" } as const;
const PASSWORD = "Öffne dich ☂";
const plain = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

test("an encrypted key is read by openssl, and says how it is encrypted", async () => {
  using workshop = openWorkshop();
  const path = workshop.write(await encryptKey(plain, PASSWORD));

  expect(String(openssl("pkey", "-in", path, "-passin", `pass:${PASSWORD}`))).toBe(plain);
  const parts = String(openssl("asn1parse", "-in", path));
  expect(parts).toMatch(/PBES2.*PBKDF2.*hmacWithSHA256.*aes-256-cbc/s);
  const [, rounds = ""] = /INTEGER +:([0-9A-F]{6})$/m.exec(parts) ?? [];
  expect(Number.parseInt(rounds, 16)).toBeGreaterThanOrEqual(600_000);
});

test("an encrypted key is read here, with its password alone", async () => {
  const encrypted = Buffer.from(await encryptKey(plain, PASSWORD));
  expect(String(await withoutPassword(encrypted, FILE, async () => PASSWORD))).toBe(plain);
  expect(
    summary(await rejectionOf(withoutPassword(encrypted, FILE, async () => `${PASSWORD} `))),
  ).toBe("usage: the password of the client key is wrong");
});

test("each encryption has a salt of its own", async () => {
  expect(await encryptKey(plain, PASSWORD)).not.toBe(await encryptKey(plain, PASSWORD));
});

test("a wrong password is noticed, even if what it gives begins as a key does", async () => {
  // An Ed25519 key; both passwords give a sound padding, and a sequence's first byte before it.
  const body = [
    "MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAgxzMbvsqME1wIBATAM",
    "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQDlc+KEFcmTn6HZMxxyaOLQRAwFdN",
    "JQ4oVp5hYmOJ2eWZJ5i4dmUnFcUP2DmXzRXzTryhHaR8ES5kGlLiLvBzmk2pPki5",
    "l/CWeFxemKh6TKmGwQ==",
  ];
  const mark = (place: string) => `-----${place} ENCRYPTED PRIVATE KEY-----`;
  const encrypted = Buffer.from([mark("BEGIN"), ...body, mark("END"), ""].join("\n"));
  const read = (password: string) => withoutPassword(encrypted, FILE, async () => password);

  expect(createPrivateKey(await read("right")).asymmetricKeyType).toBe("ed25519");
  expect(summary(await rejectionOf(read("wrong 181178")))).toBe(
    "usage: the password of the client key is wrong",
  );
});

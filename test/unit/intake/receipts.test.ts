import { afterAll, expect, test } from "bun:test";
import { hash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeReceiptKeys, readReceiptKey, verifyReceipt } from "../../../src/intake/receipts.ts";
import { faultOf, rejectionOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { participant, submission } from "./samples.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const KEY = join(folder.path, "receipt-key.pem");
const PUBLIC = join(folder.path, "receipt-pub.pem");
const OTHER = join(folder.path, "other-pub.pem");
const keys = makeReceiptKeys();
writeFileSync(KEY, keys.privateKey, { mode: 0o600 });
writeFileSync(PUBLIC, keys.publicKey);
writeFileSync(OTHER, makeReceiptKeys().publicKey);

const signer = readReceiptKey(KEY);
const sent = submission("Ada", { FULL_NAME: "Ada \u{1f600}" }, new Date("2026-11-29T12:00:00.9Z"));

test("a receipt states the participant, the submission, the time, and the digest of the answers", async () => {
  const receipt = await signer.sign(sent);
  const answers =
    '{"FULL_NAME":"Ada \u{1f600}","EMAIL1":"sample@example.org","EMAIL2":"sample.too@example.org",' +
    '"SOCIAL":"https://social.example.org/@sample","BIRTHDATE":"01.01.2000","COUNTRY":"Germany",' +
    '"ADDR_LINE1":"1 Sample Street","ADDR_LINE2":"00000 Sampletown"}';
  expect(await verifyReceipt(receipt, PUBLIC)).toEqual({
    sub: participant("Ada").fingerprint,
    jti: sent.id,
    iat: Date.parse("2026-11-29T12:00:00Z") / 1000,
    answers: hash("sha256", answers, "hex"),
  });
});

test("a receipt of a client without a certificate has no subject", async () => {
  const receipt = await signer.sign({ ...sent, participant: undefined });
  expect(await verifyReceipt(receipt, PUBLIC)).not.toHaveProperty("sub");
});

test("a receipt can be checked by openssl", async () => {
  const [header = "", payload = "", signature = ""] = (await signer.sign(sent)).split(".");
  writeFileSync(join(folder.path, "signed"), `${header}.${payload}`);
  writeFileSync(join(folder.path, "signature"), Buffer.from(signature, "base64url"));
  const { stdout } = Bun.spawnSync(
    [
      "openssl",
      "pkeyutl",
      "-verify",
      "-pubin",
      "-inkey",
      PUBLIC,
      "-rawin",
      "-in",
      "signed",
      "-sigfile",
      "signature",
    ],
    { cwd: folder.path },
  );
  expect(stdout.toString()).toContain("Verified Successfully");
});

test("a receipt that is not genuine is refused", async () => {
  const receipt = await signer.sign(sent);
  const [header = "", payload = "", signature = ""] = receipt.split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const changed = Buffer.from(
    Buffer.from(payload, "base64url").toString().replace("sha256/", "sha256/X"),
  ).toString("base64url");
  const forged = [
    "",
    "a.b.c",
    `${header}.${payload}.`,
    `${none}.${payload}.`,
    `${header}.${changed}.${signature}`,
    `${receipt}A`,
  ];
  for (const text of forged) {
    const fault = await rejectionOf(verifyReceipt(text, PUBLIC));
    expect(summary(fault)).toBe(
      `protocol: the receipt is not genuine: it was changed, or not signed by the key of ${PUBLIC}`,
    );
  }
  expect((await rejectionOf(verifyReceipt(receipt, OTHER))).code).toBe("receiptNotGenuine");
});

test("keys are read whatever is around them, in any encoding", async () => {
  const around = (pem: string) => Buffer.from(`# für uns\r\n  ${pem}\nend`, "latin1");
  const [key, pub] = [join(folder.path, "around.pem"), join(folder.path, "around-pub.pem")];
  writeFileSync(key, around(keys.privateKey), { mode: 0o600 });
  writeFileSync(pub, around(keys.publicKey));

  const receipt = await readReceiptKey(key).sign(sent);
  expect((await verifyReceipt(receipt, pub)).jti).toBe(sent.id);
});

test("a file that is no key, a key of another kind, and a key open to others are refused", async () => {
  const { privateKey } = await import("node:crypto").then(({ generateKeyPairSync }) =>
    generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }),
  );
  const path = join(folder.path, "bad.pem");
  for (const [text, problem] of [
    ["hello", "holds no PEM private key"],
    [privateKey, "is a key of the kind ec, not Ed25519"],
    [keys.publicKey, "holds no PEM private key, only a public key"],
    [keys.privateKey.replace(/[A-Za-z]/g, "-"), "holds no PEM private key"],
    [Buffer.from(`\ufeff${keys.privateKey}`, "utf16le"), "is text in UTF-16"],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 });
    expect(summary(faultOf(() => readReceiptKey(path)))).toStartWith(
      `usage: the receipt key ${path} ${problem}`,
    );
  }
  writeFileSync(path, keys.privateKey);
  chmodSync(path, 0o644);
  expect(faultOf(() => readReceiptKey(path)).message).toContain("can be read by everybody");
});

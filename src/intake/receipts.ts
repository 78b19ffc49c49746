/**
 * Receipts: signed statements that a participant's answers are kept. A receipt is a compact JWS
 * (RFC 7515) of Ed25519, and can be checked offline with the public key alone.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { CompactSign, compactVerify } from "jose";
import * as v from "valibot";
import { readPrivateKey, readPublicKey } from "../certificates/certificate-file.ts";
import { Fault } from "../fault/fault.ts";
import { type InputFile, readSecret, readTrusted } from "../io/input.ts";
import { answersDigest, type ReceiptSigner, type Submission } from "./entry.ts";

const ALGORITHM = "EdDSA";

/** The statements of a receipt. Their JSON Schema is published. */
export const CLAIMS = v.object({
  /** The participant's fingerprint; absent where clients show no certificate. */
  sub: v.exactOptional(v.string()),
  /** The submission's id. */
  jti: v.string(),
  /** When it was complete, in seconds since 1970. */
  iat: v.number(),
  /** SHA-256 of the answers, in hexadecimal; see `answersText`. */
  answers: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type ReceiptClaims = v.InferOutput<typeof CLAIMS>;

/** A pair of keys in PEM: PKCS#8 and SPKI. */
export interface ReceiptKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a new pair of keys. */
export function makeReceiptKeys(): ReceiptKeys {
  return generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
}

/** Reads a private key. Throws a usage fault for another key, and for a file open to others. */
export function readReceiptKey(path: string): ReceiptSigner {
  const file: InputFile = { purpose: "receiptKey", path };
  const key = requireEd25519(readPrivateKey(readSecret(file), file), file);
  return { sign: (submission) => signReceipt(submission, key) };
}

/** Checks a receipt and returns its claims. Throws the fault `receiptNotGenuine`. */
export async function verifyReceipt(
  receipt: string,
  publicKeyPath: string,
): Promise<ReceiptClaims> {
  const file: InputFile = { purpose: "receiptPublicKey", path: publicKeyPath };
  const key = requireEd25519(readPublicKey(readTrusted(file), file), file);
  try {
    const { payload } = await compactVerify(receipt, key, { algorithms: [ALGORITHM] });
    return v.parse(CLAIMS, JSON.parse(new TextDecoder().decode(payload)));
  } catch (cause) {
    throw new Fault("receiptNotGenuine", { path: publicKeyPath }, { cause });
  }
}

function signReceipt(submission: Submission, key: KeyObject): Promise<string> {
  const { id, at, participant, answers } = submission;
  const claims: ReceiptClaims = {
    ...(participant === undefined ? {} : { sub: participant.fingerprint }),
    jti: id,
    iat: Math.floor(at.getTime() / 1000),
    answers: answersDigest(answers),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM })
    .sign(key);
}

function requireEd25519(key: KeyObject, file: InputFile): KeyObject {
  const { asymmetricKeyType: kind = "secret" } = key;
  if (kind !== "ed25519") {
    throw new Fault("receiptKeyInvalid", { file, kind });
  }
  return key;
}

/**
 * Certificate requests (PKCS #10, RFC 2986).
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Pkcs10CertificateRequest } from "@peculiar/x509";
import { Fault } from "../fault/fault.ts";
import { type InputFile, readTrusted } from "../io/input.ts";
import { readPem } from "./pem.ts";
import { USABLE_CURVES, weakKey } from "./strength.ts";
import { loadX509 } from "./x509-library.ts";

/** The second label is that of old programs. */
const LABELS = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/**
 * Returns the public key of a request, SPKI in DER, whose owner has the private key. Nothing else
 * in the request counts.
 *
 * @throws {Fault} "usage" when the file cannot be read or holds no request, when the signature is
 *   not by the key, or when the key is weak or of a kind that cannot be used
 */
export async function readRequestedKey(file: InputFile): Promise<Uint8Array> {
  const { blocks } = readPem(readTrusted(file), file);
  const [block, another] = blocks.filter(({ label }) => LABELS.includes(label));
  if (block === undefined) {
    throw new Fault("noRequest", { file });
  }
  if (another !== undefined) {
    throw new Fault("severalRequests", { file });
  }
  const { Pkcs10CertificateRequest } = await loadX509();
  let request: Pkcs10CertificateRequest;
  try {
    request = new Pkcs10CertificateRequest(new Uint8Array(block.der ?? []));
  } catch (cause) {
    throw new Fault("fileDamaged", { file, line: block.line }, { cause });
  }
  const spki = new Uint8Array(request.publicKey.rawData);
  requireUsable(toKey(spki), file);
  if (!(await request.verify().catch(() => false))) {
    throw new Fault("requestForged", { file });
  }
  return spki;
}

function requireUsable(key: KeyObject | undefined, file: InputFile): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key ?? {};
  const isUsable =
    type === "rsa" ||
    type === "ed25519" ||
    (type === "ec" && USABLE_CURVES.some(({ name }) => name === details?.namedCurve));
  if (key === undefined || !isUsable) {
    throw new Fault("unusableKey", { file });
  }
  const weakness = weakKey(key);
  if (weakness !== undefined) {
    throw new Fault("weakCertificate", { file, weakness });
  }
}

/** Returns undefined for a key of a kind that the runtime does not know. */
function toKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

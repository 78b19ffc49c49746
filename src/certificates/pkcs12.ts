/**
 * PKCS #12 (RFC 7292): a private key and its certificates in one file, encrypted by a password.
 * Loaded only for such a file: the ASN.1 library takes long to load.
 */
import { createHmac, createPrivateKey, timingSafeEqual, X509Certificate } from "node:crypto";
import { EncryptedContentInfo } from "@peculiar/asn1-cms";
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_keyBag,
  id_pkcs8ShroudedKeyBag,
  id_SafeContents,
  id_x509Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  type SafeBag,
  SafeContents,
} from "@peculiar/asn1-pfx";
import { AsnConvert } from "@peculiar/asn1-schema";
import { fromBER, OctetString, Sequence } from "asn1js";
import { Fault, isFault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import {
  createRoundCounter,
  DIGESTS,
  decryptPart,
  derivePkcs12,
  type EncryptedFile,
  FOR_MAC,
} from "./password-encryption.ts";
import { encodePem } from "./pem.ts";

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

/** Containers of bags may contain others; real files have one level or two. */
const MAX_DEPTH = 8;

/** Keys and certificates, DER. */
interface Parts {
  readonly keys: Uint8Array[];
  readonly certificates: Uint8Array[];
}

/**
 * Returns the keys and certificates of a file as PEM, the certificate of the first key first.
 *
 * @param getPassword called only if the file has a password that is not empty
 * @throws {Fault} "usage" when the file is damaged, its encryption unknown or the password wrong
 */
export async function decryptPkcs12(
  bytes: Uint8Array,
  file: NamedFile,
  getPassword: () => Promise<string>,
): Promise<Buffer> {
  const spend = createRoundCounter(file);
  // Programs differ in how they write "no password".
  for (const password of [undefined, ""]) {
    try {
      return await open(bytes, { file, password, spend });
    } catch (thrown) {
      if (!isFault(thrown, "passwordWrong")) {
        throw thrown;
      }
    }
  }
  return open(bytes, { file, password: await getPassword(), spend });
}

async function open(bytes: Uint8Array, encrypted: EncryptedFile): Promise<Buffer> {
  try {
    const pfx = AsnConvert.parse(bytes, PFX);
    const content = octetsOf(pfx.authSafe.content);
    checkMac(pfx, content, encrypted);
    const parts: Parts = { keys: [], certificates: [] };
    for (const { contentType, content: safe } of AsnConvert.parse(content, AuthenticatedSafe)) {
      if (contentType === DATA) {
        await readBags(octetsOf(safe), encrypted, parts);
      } else if (contentType === ENCRYPTED_DATA) {
        await readBags(await decryptSafe(safe, encrypted), encrypted, parts);
      } else {
        throw new Fault("encryptionUnknown", { file: encrypted.file, algorithm: contentType });
      }
    }
    return encodeParts(parts);
  } catch (cause) {
    // The library throws errors of many kinds, all of them about damaged content.
    throw cause instanceof Fault
      ? cause
      : new Fault("pkcs12Damaged", { file: encrypted.file }, { cause });
  }
}

/** Returns the octets of an OCTET STRING, which some programs write in pieces. */
function octetsOf(content: ArrayBuffer): Uint8Array {
  const { result } = fromBER(content);
  if (!(result instanceof OctetString)) {
    throw new TypeError("not an OCTET STRING");
  }
  return new Uint8Array(result.getValue());
}

/** Throws if the password is wrong. Files without a MAC show that only when they are decrypted. */
function checkMac({ macData }: PFX, content: Uint8Array, encrypted: EncryptedFile): void {
  const { mac, macSalt, iterations } = macData;
  const expected = new Uint8Array(mac.digest.buffer);
  if (expected.length === 0) {
    return;
  }
  const { algorithm } = mac.digestAlgorithm;
  const hash = DIGESTS[algorithm];
  if (hash === undefined) {
    throw new Fault("encryptionUnknown", { file: encrypted.file, algorithm });
  }
  const derivation = { salt: new Uint8Array(macSalt.buffer), rounds: iterations, hash };
  const key = derivePkcs12(FOR_MAC, expected.length, derivation, encrypted);
  const actual = createHmac(hash, key).update(content).digest();
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw new Fault("passwordWrong", { file: encrypted.file });
  }
}

async function decryptSafe(safe: ArrayBuffer, encrypted: EncryptedFile): Promise<Uint8Array> {
  // EncryptedData (RFC 5652, section 8) has no type in the library: a version, then the content.
  const { result } = fromBER(safe);
  const content = result instanceof Sequence ? result.valueBlock.value[1] : undefined;
  const { contentEncryptionAlgorithm, encryptedContent } = AsnConvert.parse(
    content?.valueBeforeDecodeView ?? new Uint8Array(),
    EncryptedContentInfo,
  );
  const { value, constructedValue = [] } = encryptedContent ?? {};
  const octets = value === undefined ? constructedValue : [value];
  const data = Buffer.concat(octets.map(({ buffer }) => new Uint8Array(buffer)));
  return decryptPart(contentEncryptionAlgorithm, data, encrypted);
}

async function readBags(
  content: ArrayBuffer | Uint8Array,
  encrypted: EncryptedFile,
  parts: Parts,
  depth = 0,
): Promise<void> {
  for (const bag of AsnConvert.parse(content, SafeContents)) {
    await readBag(bag, encrypted, parts, depth);
  }
}

/** Adds the content of a bag to the parts; lists and secrets are left out. */
async function readBag(
  { bagId, bagValue }: SafeBag,
  encrypted: EncryptedFile,
  parts: Parts,
  depth: number,
): Promise<void> {
  if (bagId === id_keyBag) {
    parts.keys.push(new Uint8Array(bagValue));
  } else if (bagId === id_pkcs8ShroudedKeyBag) {
    const key = AsnConvert.parse(bagValue, PKCS8ShroudedKeyBag);
    const data = new Uint8Array(key.encryptedData.buffer);
    parts.keys.push(await decryptPart(key.encryptionAlgorithm, data, encrypted));
  } else if (bagId === id_certBag) {
    const { certId, certValue } = AsnConvert.parse(bagValue, CertBag);
    if (certId === id_x509Certificate) {
      parts.certificates.push(octetsOf(certValue));
    }
  } else if (bagId === id_SafeContents && depth < MAX_DEPTH) {
    await readBags(bagValue, encrypted, parts, depth + 1);
  }
}

function encodeParts({ keys, certificates }: Parts): Buffer {
  const [key] = keys;
  const own = certificates.findIndex((der) => key !== undefined && belongs(key, der));
  const ordered =
    own < 0 ? certificates : [...certificates.slice(own), ...certificates.slice(0, own)];
  return Buffer.from(
    [
      ...keys.map((der) => encodePem("PRIVATE KEY", der)),
      ...ordered.map((der) => encodePem("CERTIFICATE", der)),
    ].join(""),
  );
}

/** Whether a key belongs to a certificate; if either cannot be read, the vetting says why. */
function belongs(key: Uint8Array, certificate: Uint8Array): boolean {
  try {
    const privateKey = createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" });
    return new X509Certificate(certificate).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}

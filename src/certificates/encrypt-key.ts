/**
 * Encryption of a private key by a password: PKCS #8 with PBES2 (RFC 8018), of PBKDF2 and AES-256.
 * The runtime can do that too, but only with 2,048 rounds. OpenSSL's limit on memory rules out
 * scrypt at a cost that is worth it.
 */
import { createCipheriv, createPrivateKey, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { type BaseBlock, Integer, Null, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { PBES2, PBKDF2 } from "./password-encryption.ts";
import { encodePem } from "./pem.ts";

/** The recommendation of OWASP for PBKDF2 with HMAC-SHA-256. */
const ROUNDS = 600_000;

const HMAC_SHA_256 = "1.2.840.113549.2.9";
const AES_256_CBC = "2.16.840.1.101.3.4.1.42";

/** Returns a private key, PEM, encrypted; PEM too. */
export async function encryptKey(key: string, password: string): Promise<string> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const secret = await promisify(pbkdf2)(password, salt, ROUNDS, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", secret, iv);
  const plain = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  const derivation = sequence(
    identifier(PBKDF2),
    sequence(
      octets(salt),
      new Integer({ value: ROUNDS }),
      sequence(identifier(HMAC_SHA_256), new Null()),
    ),
  );
  const scheme = sequence(identifier(AES_256_CBC), octets(iv));
  const algorithm = sequence(identifier(PBES2), sequence(derivation, scheme));
  const info = sequence(algorithm, octets(encrypted));
  return encodePem("ENCRYPTED PRIVATE KEY", new Uint8Array(info.toBER()));
}

function sequence(...value: BaseBlock[]): Sequence {
  return new Sequence({ value });
}

function identifier(value: string): ObjectIdentifier {
  return new ObjectIdentifier({ value });
}

function octets(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: new Uint8Array(bytes) });
}

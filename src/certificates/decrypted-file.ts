/**
 * Files with encrypted content, as PEM that is not encrypted.
 */
import { createPrivateKey } from "node:crypto";
import { errorCode, Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { isPkcs12 } from "./certificate-file.ts";
import { encodePem, type PemBlock, readPem } from "./pem.ts";

/** Resolves with the password of a file; undefined: there is none. */
export type AskPassword = (file: NamedFile) => Promise<string | undefined>;

/** Returns PEM of PKCS #12, and other content as it is. Throws if no password opens it. */
export async function withoutPkcs12(
  bytes: Buffer,
  file: NamedFile,
  ask: AskPassword,
): Promise<Buffer> {
  if (!isPkcs12(bytes)) {
    return bytes;
  }
  const { decryptPkcs12 } = await import("./pkcs12.ts");
  return decryptPkcs12(bytes, file, () => passwordOf(file, ask));
}

/** Returns the first key of PEM, decrypted, if it is encrypted; otherwise all as it is. */
export async function withoutPassword(
  bytes: Buffer,
  file: NamedFile,
  ask: AskPassword,
): Promise<Buffer> {
  const { blocks } = readPem(bytes, file);
  const key = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (key?.isEncrypted && key.body !== undefined) {
    return decryptTraditional(key.label, key.body, file, await passwordOf(file, ask));
  }
  if (key?.label === "ENCRYPTED PRIVATE KEY" && key.der !== undefined) {
    return decryptPkcs8(key.der, key, file, await passwordOf(file, ask));
  }
  return bytes;
}

async function passwordOf(file: NamedFile, ask: AskPassword): Promise<string> {
  const password = await ask(file);
  if (password === undefined) {
    throw new Fault("keyEncrypted", { file });
  }
  return password;
}

/** Decrypts OpenSSL's traditional form, whose headers tell the cipher. */
function decryptTraditional(
  label: string,
  body: string,
  file: NamedFile,
  passphrase: string,
): Buffer {
  const lines = body.trim().split(/\r\n|\r|\n/);
  const text = lines.map((line) => line.trim()).join("\n");
  const key = `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
  try {
    return Buffer.from(
      createPrivateKey({ key, passphrase }).export({ type: "pkcs8", format: "pem" }),
    );
  } catch (cause) {
    if (errorCode(cause) === "ERR_OSSL_PEM_UNSUPPORTED_ENCRYPTION") {
      const [, algorithm = "an unknown cipher"] = /^DEK-Info:\s*([\w-]{1,40})/im.exec(text) ?? [];
      throw new Fault("encryptionUnknown", { file, algorithm }, { cause });
    }
    throw new Fault("passwordWrong", { file }, { cause });
  }
}

/** Decrypts PKCS #8. The ASN.1 library takes long to load. */
async function decryptPkcs8(
  der: Buffer,
  { line }: PemBlock,
  file: NamedFile,
  password: string,
): Promise<Buffer> {
  const { AsnConvert } = await import("@peculiar/asn1-schema");
  const { EncryptedPrivateKeyInfo } = await import("@peculiar/asn1-pkcs8");
  const { createRoundCounter, decryptPart } = await import("./password-encryption.ts");
  const encrypted = { file, password, spend: createRoundCounter(file) };
  try {
    const info = AsnConvert.parse(der, EncryptedPrivateKeyInfo);
    const data = new Uint8Array(info.encryptedData.buffer);
    const plain = await decryptPart(info.encryptionAlgorithm, data, encrypted);
    return Buffer.from(encodePem("PRIVATE KEY", plain));
  } catch (cause) {
    // The libraries throw errors of many kinds, all of them about damaged content.
    throw cause instanceof Fault ? cause : new Fault("fileDamaged", { file, line }, { cause });
  }
}

/**
 * Encryption by a password: PBES2 (RFC 8018) with PBKDF2 or scrypt, and the ciphers of old PKCS #12
 * files (RFC 7292, appendix C). The runtime has the ciphers and derivations, but not scrypt for
 * keys, and nothing for the certificates of PKCS #12.
 */
import { createDecipheriv, createHash, pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import type { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { decode, type Element, elementsOf, identifierOf, SEQUENCE } from "./der.ts";

/** The rounds of all derivations in one file: seconds of work, and 600,000 each are usual. */
const MAX_ROUNDS = 5_000_000;
/** The memory that scrypt may take, in bytes. */
const MAX_SCRYPT_MEMORY = 256 * 1024 * 1024;
const MAX_SCRYPT_LANES = 16;

/** A file that is being decrypted. */
export interface EncryptedFile {
  readonly file: NamedFile;
  /** Undefined: the password of files that have none, which differs from an empty one. */
  readonly password: string | undefined;
  /** Counts the rounds of a derivation; throws a usage fault above `MAX_ROUNDS` in all. */
  readonly spend: (rounds: number) => void;
}

/** Returns a counter of rounds for one file. */
export function createRoundCounter(file: NamedFile): EncryptedFile["spend"] {
  let spent = 0;
  return (rounds) => {
    spent += rounds;
    if (!(rounds > 0 && spent <= MAX_ROUNDS)) {
      throw new Fault("keyDerivationTooCostly", { file });
    }
  };
}

/** Decrypts a part of a file. Throws a usage fault for a wrong password or an unknown algorithm. */
export async function decryptPart(
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  encrypted: EncryptedFile,
): Promise<Buffer> {
  const { cipher, key, iv } = await deriveKey(algorithm, encrypted);
  const plain = decipher(cipher, key, iv, data);
  // A wrong password gives garbage, which may end like a sound padding.
  if (plain === undefined || !isSequence(plain)) {
    throw new Fault("passwordWrong", { file: encrypted.file });
  }
  return plain;
}

/** Whether the bytes are one sequence: garbage may begin as a sequence does. */
function isSequence(bytes: Uint8Array): boolean {
  const [tag, length] = bytes;
  return tag === SEQUENCE && (length === UNKNOWN_LENGTH || decode(bytes)?.length === 1);
}

/** Returns undefined if the padding is wrong. */
function decipher(
  cipher: string,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Buffer | undefined {
  const stream = createDecipheriv(cipher, key, iv);
  try {
    return Buffer.concat([stream.update(data), stream.final()]);
  } catch {
    return undefined;
  }
}

interface DerivedKey {
  readonly cipher: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** Identifiers of RFC 8018. */
export const PBES2 = "1.2.840.113549.1.5.13";
export const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";

/** Hashes that key an HMAC in PBKDF2, by the identifier of the HMAC. */
const PRFS: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

/** Hashes, by identifier. */
export const DIGESTS: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

interface Cipher {
  readonly cipher: string;
  readonly keySize: number;
}

const CIPHERS: Readonly<Record<string, Cipher>> = {
  "1.2.840.113549.3.7": { cipher: "des-ede3-cbc", keySize: 24 },
  "2.16.840.1.101.3.4.1.2": { cipher: "aes-128-cbc", keySize: 16 },
  "2.16.840.1.101.3.4.1.22": { cipher: "aes-192-cbc", keySize: 24 },
  "2.16.840.1.101.3.4.1.42": { cipher: "aes-256-cbc", keySize: 32 },
};

/** The ciphers of old PKCS #12 files. */
const OLD_CIPHERS: Readonly<Record<string, Cipher>> = {
  "1.2.840.113549.1.12.1.3": { cipher: "des-ede3-cbc", keySize: 24 },
  "1.2.840.113549.1.12.1.5": { cipher: "rc2-cbc", keySize: 16 },
  "1.2.840.113549.1.12.1.6": { cipher: "rc2-40-cbc", keySize: 5 },
};

/** Purposes of keys (RFC 7292, appendix B.3). */
const FOR_KEY = 1;
const FOR_IV = 2;
export const FOR_MAC = 3;

async function deriveKey(
  { algorithm, parameters = null }: AlgorithmIdentifier,
  encrypted: EncryptedFile,
): Promise<DerivedKey> {
  const [outer] = elementsOf(new Uint8Array(parameters ?? new ArrayBuffer()));
  const old = OLD_CIPHERS[algorithm];
  if (old !== undefined) {
    const [salt, rounds] = elementsOf(outer);
    const given = { salt: bytesOf(salt), rounds: wholeOf(rounds), hash: "sha1" };
    return {
      cipher: old.cipher,
      key: derivePkcs12(FOR_KEY, old.keySize, given, encrypted),
      iv: derivePkcs12(FOR_IV, 8, given, encrypted),
    };
  }
  if (algorithm !== PBES2) {
    throw unknownEncryption(encrypted.file, algorithm);
  }
  const [derivation, scheme] = elementsOf(outer);
  const [cipherId, iv] = elementsOf(scheme);
  const cipher = CIPHERS[identifierOf(cipherId)];
  if (cipher === undefined) {
    throw unknownEncryption(encrypted.file, identifierOf(cipherId));
  }
  const key = await deriveModern(derivation, cipher.keySize, encrypted);
  return { cipher: cipher.cipher, key, iv: bytesOf(iv) };
}

async function deriveModern(
  derivation: Element | undefined,
  size: number,
  { file, password = "", spend }: EncryptedFile,
): Promise<Uint8Array> {
  const [idElement, parameters] = elementsOf(derivation);
  const id = identifierOf(idElement);
  const [salt, ...others] = elementsOf(parameters);
  if (id === PBKDF2) {
    const prfElement = others.find(({ tag }) => tag === SEQUENCE);
    const prf = prfElement && identifierOf(elementsOf(prfElement)[0]);
    const hash = prf === undefined ? "sha1" : PRFS[prf];
    if (hash === undefined) {
      throw unknownEncryption(file, prf ?? "");
    }
    const rounds = wholeOf(others[0]);
    spend(rounds);
    return promisify(pbkdf2)(password, bytesOf(salt), rounds, size, hash);
  }
  if (id !== SCRYPT) {
    throw unknownEncryption(file, id);
  }
  const [cost = 0, blockSize = 0, parallelization = 0] = others.slice(0, 3).map(wholeOf);
  const memory = 128 * cost * blockSize;
  if (!(memory > 0 && memory <= MAX_SCRYPT_MEMORY && parallelization <= MAX_SCRYPT_LANES)) {
    throw new Fault("keyDerivationTooCostly", { file });
  }
  return deriveScrypt(password, bytesOf(salt), size, { cost, blockSize, parallelization });
}

function deriveScrypt(
  password: string,
  salt: Uint8Array,
  size: number,
  costs: { readonly cost: number; readonly blockSize: number; readonly parallelization: number },
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const options = { ...costs, maxmem: 2 * MAX_SCRYPT_MEMORY };
  scrypt(password, salt, size, options, (error, key) => (error ? reject(error) : resolve(key)));
  return promise;
}

/** In place of a length, in forms other than DER: the content ends with a mark. */
const UNKNOWN_LENGTH = 0x80;

/** The input of a derivation beside the password. */
interface Derivation {
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly hash: string;
}

/** The bytes that each hash reads at a time. */
const BLOCK_SIZES: Readonly<Record<string, number>> = {
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
};

/** Derives a key as PKCS #12 does (RFC 7292, appendix B.2). */
export function derivePkcs12(
  purpose: number,
  size: number,
  { salt, rounds, hash }: Derivation,
  { password, spend }: EncryptedFile,
): Buffer {
  const blockSize = BLOCK_SIZES[hash] ?? 64;
  const secret = password === undefined ? Buffer.alloc(0) : toBigEndian(`${password}\0`);
  const input = Buffer.concat([repeat(salt, blockSize), repeat(secret, blockSize)]);
  const diversifier = Buffer.alloc(blockSize, purpose);
  const parts: Buffer[] = [];
  for (let length = 0; length < size; ) {
    spend(rounds);
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round += 1) {
      digest = createHash(hash).update(digest).digest();
    }
    parts.push(digest);
    length += digest.length;
    advance(input, repeat(digest, blockSize).subarray(0, blockSize));
  }
  return Buffer.concat(parts).subarray(0, size);
}

/** Adds a block and 1 to each block of the input, without the last carry. */
function advance(input: Buffer, block: Buffer): void {
  for (let start = 0; start < input.length; start += block.length) {
    let carry = 1;
    for (let index = block.length - 1; index >= 0; index -= 1) {
      carry += (input[start + index] ?? 0) + (block[index] ?? 0);
      input[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** Repeats bytes until they fill whole blocks. */
function repeat(bytes: Uint8Array, blockSize: number): Buffer {
  const size = Math.ceil(bytes.length / blockSize) * blockSize;
  return size === 0 ? Buffer.alloc(0) : Buffer.alloc(size, bytes);
}

function toBigEndian(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

function unknownEncryption(file: NamedFile, algorithm: string): Fault {
  return new Fault("encryptionUnknown", { file, algorithm });
}

function bytesOf(element: Element | undefined): Uint8Array {
  return element?.content ?? new Uint8Array();
}

/** Returns an INTEGER that is not negative. */
function wholeOf(element: Element | undefined): number {
  return bytesOf(element).reduce((sum, byte) => sum * 256 + byte, 0);
}

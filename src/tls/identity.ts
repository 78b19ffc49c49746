/**
 * Certificates and keys from files, vetted before any socket sees them: the TLS stack accepts an
 * empty or foreign value in silence, and would then trust everybody.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "../fault.ts";
import { type InputFile, readInput, readSecret } from "../files/input.ts";

/** Who we are: a certificate (chain) and its key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads and vets a certificate and its key; throws a usage fault that names the file at fault. */
export function readIdentity(certFile: InputFile, keyFile: InputFile): Identity {
  const cert = readInput(certFile);
  const [leaf] = parseCertificates(cert, certFile);
  const key = readSecret(keyFile);
  if (!leaf.checkPrivateKey(parseKey(key, keyFile))) {
    throw new Fault(
      "usage",
      `${keyFile.what} ${keyFile.path} does not belong to the certificate ${certFile.path}`,
    );
  }
  refuseOutsideValidity(leaf, certFile);
  return { cert, key };
}

/** Reads and vets the certificates of those who may vouch for the peer, PEM. */
export function readAuthorities(file: InputFile): string {
  const text = readInput(file);
  for (const certificate of parseCertificates(text, file)) {
    if (!certificate.ca) {
      throw new Fault("usage", `${file.what} ${file.path} is not the certificate of an authority`);
    }
    refuseOutsideValidity(certificate, file);
  }
  return text;
}

function parseCertificates(text: string, file: InputFile): [X509Certificate, ...X509Certificate[]] {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length !== text.split("-----BEGIN CERTIFICATE-----").length - 1) {
    throw new Fault("usage", `${file.what} ${file.path} is damaged`);
  }
  try {
    const [first, ...rest] = blocks.map((pem) => new X509Certificate(pem));
    if (first !== undefined) {
      return [first, ...rest];
    }
  } catch (cause) {
    throw new Fault("usage", `${file.what} ${file.path} is damaged`, { cause });
  }
  throw new Fault("usage", `${file.what} ${file.path} holds no PEM certificate`);
}

function parseKey(text: string, file: InputFile): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new Fault("usage", `${file.what} ${file.path} holds no unencrypted PEM private key`, {
      cause,
    });
  }
}

function refuseOutsideValidity(certificate: X509Certificate, file: InputFile): void {
  const now = Date.now();
  if (now > Date.parse(certificate.validTo)) {
    throw new Fault("usage", `${file.what} ${file.path} expired on ${certificate.validTo}`, {
      hint: "tlslp certs --force makes new ones",
    });
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw new Fault(
      "usage",
      `${file.what} ${file.path} is valid only from ${certificate.validFrom}`,
    );
  }
}

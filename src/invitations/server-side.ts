/**
 * The parts of an invitation that are the server's: where it is, and how clients know it.
 */
import type { X509Certificate } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { vetAuthorities } from "../certificates/authorities.ts";
import { encodeFiled, readFirst } from "../certificates/certificate-file.ts";
import { fingerprintOf } from "../certificates/fingerprint.ts";
import { alternativeNamesOf, nameFault } from "../certificates/names.ts";
import { certificateNameOf } from "../host-name.ts";
import { type InputFile, readTrusted } from "../io/input.ts";

export interface ServerSide {
  readonly host: string;
  /** Whether the server's certificate names the host, as far as it is there. */
  readonly isNamed: boolean;
  /** The fingerprint of the server's key, if its certificate is there. */
  readonly serverKey: string | undefined;
  /** The certificates of the authorities, PEM. */
  readonly authorities: string;
}

/**
 * Reads `ca-cert.pem`, and `server-cert.pem` if there is one, in the folder of an authority.
 *
 * @param host default: the first name in the server's certificate, else `localhost`
 * @throws {Fault} "usage" when a file cannot be read, or holds no certificate that can be used
 */
export function readServerSide(dir: string, host: string | undefined): ServerSide {
  const authorities: InputFile = { purpose: "authorities", path: join(dir, "ca-cert.pem") };
  const { used } = vetAuthorities(readTrusted(authorities), authorities, "server");
  const certificate = readServerCertificate(dir);
  const names = alternativeNamesOf(certificate).hosts.filter((name) => !name.startsWith("*"));
  const chosen = host ?? names[0] ?? "localhost";
  return {
    host: chosen,
    isNamed:
      certificate === undefined || nameFault(certificate, certificateNameOf(chosen)) === undefined,
    serverKey: certificate && fingerprintOf(certificate),
    authorities: encodeFiled(used.filter((authority) => authority.certificate.ca)),
  };
}

function readServerCertificate(dir: string): X509Certificate | undefined {
  const file: InputFile = { purpose: "serverCert", path: join(dir, "server-cert.pem") };
  if (lstatSync(file.path, { throwIfNoEntry: false }) === undefined) {
    return undefined;
  }
  return readFirst(file);
}

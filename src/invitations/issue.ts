/**
 * Certificates for people: each with its line of the journal and the text of its invitation file.
 */
import { X509Certificate } from "node:crypto";
import type { Authority } from "../certificates/authority.ts";
import { encryptKey } from "../certificates/encrypt-key.ts";
import { fingerprintOf } from "../certificates/fingerprint.ts";
import { issueClient } from "../certificates/issue.ts";
import { formatInvitation, type InvitationHeader } from "./invitation.ts";
import type { IssuedCertificate } from "./issued.ts";
import type { Person } from "./people.ts";

export interface IssueOptions extends Omit<InvitationHeader, "name"> {
  readonly authority: Authority;
  /** The certificates by which the client knows the server, PEM. */
  readonly authorities: string;
  readonly days: number;
  /** Of a request, SPKI in DER; default: each person gets a new key. */
  readonly publicKey?: Uint8Array | undefined;
  /** Encrypts the keys; default: they are not encrypted. */
  readonly password?: string | undefined;
  readonly signal: AbortSignal;
  /** Called with the number of people that have a certificate. */
  readonly onProgress?: (done: number) => void;
}

/** A certificate that was issued, and not yet written anywhere. */
export interface IssuedInvitation {
  readonly certificate: IssuedCertificate;
  /** The text of the invitation file. */
  readonly content: string;
}

/** Certificates that are made at the same time: enough for the processors. */
const BATCH = 16;

/** Issues a certificate for each person. Throws the signal's reason once it has aborted. */
export async function issueInvitations(
  people: readonly Person[],
  options: IssueOptions,
): Promise<readonly IssuedInvitation[]> {
  const issued: IssuedInvitation[] = [];
  while (issued.length < people.length) {
    const batch = people.slice(issued.length, issued.length + BATCH);
    issued.push(...(await Promise.all(batch.map((person) => issueOne(person, options)))));
    options.signal.throwIfAborted();
    options.onProgress?.(issued.length);
  }
  return issued;
}

async function issueOne(
  { name, email }: Person,
  { authority, authorities, host, ports, serverKey, days, publicKey, password }: IssueOptions,
): Promise<IssuedInvitation> {
  const { cert, key } = await issueClient(authority, {
    name,
    days,
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  const isEncrypted = key !== undefined && password !== undefined;
  const shown = isEncrypted ? await encryptKey(key, password) : key;
  const certificate = new X509Certificate(cert);
  return {
    certificate: {
      serial: certificate.serialNumber.toLowerCase(),
      name,
      email,
      fingerprint: fingerprintOf(certificate),
      from: new Date(certificate.validFrom).toISOString(),
      until: new Date(certificate.validTo).toISOString(),
    },
    content: formatInvitation({ name, host, ports, serverKey, key: shown, cert, authorities }),
  };
}

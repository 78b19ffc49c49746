/**
 * TLS settings, every one explicit. For a setting that is left out, Bun would use the environment
 * (NODE_EXTRA_CA_CERTS, NODE_TLS_REJECT_UNAUTHORIZED) or a default that trusts more than we do.
 */
import { isIP } from "node:net";
import type { Identity } from "../certificates/identity.ts";
import type { Authorities, ClientTrust, Trust } from "../certificates/tls-config.ts";
import { errorCode } from "../fault/fault.ts";

const TLS_1_2 = 0x0303;

/**
 * OpenSSL's SSL_OP_NO_TICKET: a resumed session would skip the check of the certificate, which may
 * have expired or been revoked since.
 */
const NO_TICKET = 1 << 14;

/** Forward secrecy and authenticated encryption only, as in TLS 1.3. */
const TLS_1_2_CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

const COMMON = { minVersion: TLS_1_2, secureOptions: NO_TICKET, ciphers: TLS_1_2_CIPHERS };

export type ServerTls = ReturnType<typeof serverTls>;

export function serverTls({ cert, key }: Identity, trust: Trust) {
  return trust === "anybody"
    ? { ...COMMON, cert, key, requestCert: false, rejectUnauthorized: false }
    : { ...COMMON, cert, key, ...verification(trust), requestCert: true };
}

export function clientTls(identity: Identity | undefined, trust: ClientTrust, serverName: string) {
  const trusting = typeof trust === "string" ? { rejectUnauthorized: false } : verification(trust);
  return { ...COMMON, ...identity, ...trusting, serverName: indicationOf(serverName) };
}

/**
 * Returns the server name that a handshake carries (SNI), where RFC 6066, section 3, forbids
 * addresses. With an empty one the runtime sends none, and looks in the certificate for the address
 * that it connects to.
 */
function indicationOf(serverName: string): string {
  return isIP(serverName) === 0 ? serverName : "";
}

function verification({ authorities, revocations = [] }: Authorities) {
  return { ca: authorities, crl: [...revocations], rejectUnauthorized: true };
}

/**
 * Whether the peer of a finished handshake is trusted; pins are checked after this. `success` alone
 * is true also for unknown, expired and unsuitable certificates; only all three values together are
 * sufficient.
 */
export function isTrusted(
  socket: Bun.Socket<unknown>,
  success: boolean,
  error: Error | null,
  trust: ClientTrust,
): boolean {
  return typeof trust === "string"
    ? success || failsOnlyByName(socket, error)
    : success && error === null && socket.authorized;
}

/** Whether a handshake is complete, and reported as failed only for the certificate's names. */
function failsOnlyByName(socket: Bun.Socket<unknown>, error: Error | null): boolean {
  const isTlsFailure = errorCode(error) === "EPROTO";
  return error !== null && !isTlsFailure && socket.getPeerX509Certificate() !== undefined;
}

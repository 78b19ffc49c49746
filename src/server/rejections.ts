/**
 * The causes for which connections are rejected before their client is authorised. Logs and metrics
 * count by cause, and docs/metrics.md explains each.
 */
import { type Fault, isFault } from "../fault/fault.ts";
import { TLS_ERROR_KINDS, TLS_ERRORS } from "../fault/sentences/transport.ts";

export const REJECTION_CAUSES = [...TLS_ERROR_KINDS, "timeout", "too-many"] as const;
export type RejectionCause = (typeof REJECTION_CAUSES)[number];

/** The cause of a rejection, by its fault. */
export function rejectionCauseOf(fault: Fault): RejectionCause {
  if (isFault(fault, "tlsError")) {
    return TLS_ERRORS[fault.facts.error][0];
  }
  if (isFault(fault, "peerCertificateWeak")) {
    return fault.facts.kind;
  }
  if (isFault(fault, "closedInHandshake") || isFault(fault, "closedByPeer")) {
    return "closed";
  }
  if (isFault(fault, "tooManyConnections")) {
    return "too-many";
  }
  const old = REJECTION_CAUSES.find((cause) => cause === fault.kind); // goes with `oldFault`
  return old ?? (fault.family === "timeout" ? "timeout" : "other");
}

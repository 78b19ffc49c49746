/**
 * The events of a server. Log records, metrics and the tutorial's transcript are made from them.
 */
import type { PeerIdentity } from "../certificates/fingerprint.ts";
import type { ConversationEvent } from "../conversation/exchange.ts";
import type { Fault } from "../fault/fault.ts";
import type { IntakeEvent, Kept } from "../intake/intake.ts";
import type { StoreEvent } from "../intake/store/health.ts";

/** One authorised client's connection, the same object in all of its events. */
export interface Session {
  /** Counted from 1; refused sessions count too. */
  readonly id: number;
  /** The client's `address:port`. */
  readonly peer: string;
  /** The names and the public key of the client's certificate; undefined if none was required. */
  readonly identity: PeerIdentity | undefined;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly tlsVersion: string;
  /** As IANA names it, such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Bytes inside TLS, so far. */
  readonly traffic: { readonly received: number; readonly sent: number };
}

/** An event of a server. Times are in seconds. */
export type ServerEvent =
  /** The files were read; this number of their certificates and lists is not used. */
  | { readonly type: "certificates read"; readonly setAside: number }
  /** The limit on open files allows fewer connections than the options. */
  | { readonly type: "capacity limited"; readonly maxConnections: number }
  | StoreEvent
  | IntakeEvent
  /** A connection ended before its client was authorised. */
  | { readonly type: "connection rejected"; readonly peer: string; readonly fault: Fault }
  /** An authorised client got a FAIL instead of a session. */
  | { readonly type: "session refused"; readonly session: Session; readonly reason: string }
  /** The conversation with an authorised client begins. */
  | { readonly type: "session opened"; readonly session: Session }
  /** A step of the conversation; it may hold personal values. */
  | {
      readonly type: "exchange";
      readonly session: Session;
      readonly exchange: ConversationEvent;
    }
  /** The conversation has ended. */
  | {
      readonly type: "session finished";
      readonly session: Session;
      /** The name of the server's last message. */
      readonly step: string;
      /** Undefined when the client passed. */
      readonly fault: Fault | undefined;
      /** Since the session was opened. */
      readonly seconds: number;
      /** The answers that were kept, whether or not the client said OK to DONE. */
      readonly submission?: Kept | undefined;
    };

/** Returns the outcome of a session as logs and metrics name it. */
export function outcomeName(fault: Fault | undefined): string {
  return fault?.code === "invalidAnswer" ? "invalid answer" : (fault?.family ?? "ok");
}

/** A function that is called with each event of a server. */
export type ServerObserver = (event: ServerEvent) => void;

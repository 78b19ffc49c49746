/**
 * The events of a client. Log records and the tutorial's transcript are made from them.
 */
import type { ConversationEvent } from "../conversation/exchange.ts";
import type { Fault } from "../fault/fault.ts";

/** A client's connection to its server, after the TLS handshake. */
export interface ClientConnection {
  /** As the caller named it. */
  readonly host: string;
  /** The port that answered. */
  readonly port: number;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly tlsVersion: string;
  /** As IANA names it, such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
}

/** An event of a client, in the order of a session. Times are in seconds. */
export type ClientEvent =
  /** One address and port did not answer; the client tries the next. */
  | { readonly type: "no answer"; readonly fault: Fault }
  /** The handshake is done. A `finished` will follow. */
  | { readonly type: "connected"; readonly connection: ClientConnection }
  /** The search begins. */
  | { readonly type: "working"; readonly bits: number }
  /** The search has found a suffix. */
  | {
      readonly type: "solved";
      /** How many candidates were hashed. */
      readonly attempts: number;
      /** Since the search began. */
      readonly seconds: number;
      /** The kernel that searched. */
      readonly kernel: string;
    }
  /** A step of the conversation; it may hold personal values. */
  | { readonly type: "exchange"; readonly exchange: ConversationEvent }
  /** The session has ended. */
  | {
      readonly type: "finished";
      /** How many requests were answered. */
      readonly answered: number;
      /** Undefined when the server sent DONE. */
      readonly fault: Fault | undefined;
      /** Whether the caller's signal ended the session. */
      readonly isInterrupted: boolean;
      /** Since the client was connected. */
      readonly seconds: number;
    };

export type ClientObserver = (event: ClientEvent) => void;

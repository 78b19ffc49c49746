/**
 * The events of a client. Log records and the tutorial's transcript are made from them.
 */
import type { ConversationEvent } from "../conversation/exchange.ts";
import type { Fault } from "../fault/fault.ts";

/** A client's connection to its server, after the TLS handshake. */
export interface ClientConnection {
  /** As the caller named it. */
  readonly host: string;
  readonly port: number;
  readonly tlsVersion: string;
  readonly cipher: string;
}

export type ClientEvent =
  /** One address and port did not answer; the client tries the next. */
  | { readonly type: "no answer"; readonly fault: Fault }
  | { readonly type: "connected"; readonly connection: ClientConnection }
  /** The search begins. */
  | { readonly type: "working"; readonly bits: number }
  | {
      readonly type: "solved";
      readonly attempts: number;
      readonly seconds: number;
      readonly kernel: string;
    }
  /** A step of the conversation; it may hold personal values. */
  | { readonly type: "exchange"; readonly exchange: ConversationEvent }
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

/**
 * What happens to a server or a client, one typed event for each thing. It is said here and nowhere
 * else; log records, metrics and the tutorial's transcript are made from it.
 */
import type { ConversationEvent } from "../conversation/exchange.ts";
import type { Fault } from "../fault/fault.ts";
import type { Accepted } from "../tls/listen.ts";

/** One authorised client's connection, the same object in all of its events. */
export interface Session
  extends Pick<Accepted, "peer" | "identity" | "tlsVersion" | "cipher" | "traffic"> {
  /** Counted from 1. */
  readonly id: number;
}

export type ServerEvent =
  /** The limit on open files allows fewer connections than were asked for. */
  | { readonly type: "capacity limited"; readonly maxConnections: number }
  /** A connection ended before its peer was authorised. */
  | { readonly type: "connection rejected"; readonly peer: string; readonly fault: Fault }
  /** An authorised client was turned away at once. */
  | { readonly type: "session refused"; readonly session: Session; readonly reason: string }
  | { readonly type: "session opened"; readonly session: Session }
  /** A step of the conversation; it may hold personal values. */
  | {
      readonly type: "exchange";
      readonly session: Session;
      readonly exchange: ConversationEvent;
    }
  | {
      readonly type: "session finished";
      readonly session: Session;
      /** The step that it came to: the name of the server's last message. */
      readonly step: string;
      /** What went wrong; absent when the client did everything that was asked. */
      readonly fault: Fault | undefined;
      /** Since the session was opened. */
      readonly seconds: number;
    };

export type ServerObserver = (event: ServerEvent) => void;

/** A client's connection to the server that it found. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly tlsVersion: string;
  readonly cipher: string;
}

export type ClientEvent =
  /** Nobody answered at an address and port; the next is tried. */
  | { readonly type: "no answer"; readonly fault: Fault }
  | { readonly type: "connected"; readonly connection: Connection }
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
      readonly answered: number;
      /** What went wrong; absent when the server was satisfied. */
      readonly fault: Fault | undefined;
      /** Whether we ended it, by a signal. */
      readonly isInterrupted: boolean;
      /** Since we were connected. */
      readonly seconds: number;
    };

export type ClientObserver = (event: ClientEvent) => void;

/** How a session ended, in a word: "ok", or the family of its fault. */
export function outcomeOf(fault: Fault | undefined): string {
  return fault?.family ?? "ok";
}

/**
 * The order of the conversation, as a table: which message of the server may follow which. FAIL may
 * come at any time and is not in the table. The diagram in docs/protocol.md shows the same.
 */
import { Fault } from "../fault/fault.ts";
import type { ServerMessage } from "./message.ts";

export type Position = "start" | Exclude<ServerMessage["type"], "FAIL">;

const FOLLOWERS = {
  start: ["HELLO"],
  HELLO: ["WORK"],
  WORK: ["REQUEST", "DONE"],
  REQUEST: ["REQUEST", "DONE"],
  DONE: [],
} as const satisfies Record<Position, readonly ServerMessage["type"][]>;

/** A message that may follow `P`. */
export type Follower<P extends Position> = Extract<
  ServerMessage,
  { type: (typeof FOLLOWERS)[P][number] }
>;

/** Narrows a message to those that may follow; throws a protocol fault when it may not. */
export function expectFollower<P extends Position>(
  position: P,
  message: ServerMessage,
): Follower<P> {
  if (!isFollower(position, message)) {
    throw new Fault("outOfOrder", {
      message: describe(message.type),
      allowed: FOLLOWERS[position].map(describe),
    });
  }
  return message;
}

function isFollower<P extends Position>(
  position: P,
  message: ServerMessage,
): message is Follower<P> {
  return (FOLLOWERS[position] as readonly string[]).includes(message.type);
}

function describe(type: ServerMessage["type"]): string {
  return type === "REQUEST" ? "a request" : type;
}

/**
 * The order of the conversation, as a table: which message of the server may follow which. FAIL may
 * come at any time and is not in the table. The diagram in docs/protocol.md shows the same.
 */
import { Fault } from "../fault/fault.ts";
import { REQUESTS, type ServerMessage } from "./message.ts";

export type Position = "start" | Exclude<ServerMessage["type"], "FAIL">;

const FOLLOWERS = {
  start: ["HELLO"],
  HELLO: ["WORK"],
  WORK: ["REQUEST", "DONE"],
  REQUEST: ["REQUEST", "DONE"],
  DONE: [],
} as const satisfies Record<Position, readonly ServerMessage["type"][]>;

/** The names of all steps, in their order: a request counts by its own name. */
export const STEPS = ["HELLO", "WORK", ...REQUESTS, "DONE"] as const;

/** A message that may follow `P`. */
export type Follower<P extends Position> = Extract<
  ServerMessage,
  { type: (typeof FOLLOWERS)[P][number] }
>;

/**
 * Narrows a message to those that may follow the last one.
 *
 * @throws {Fault} when it may not come now: "protocol" if the peer sent it, "internal" if we would
 */
export function expectFollower<P extends Position>(
  position: P,
  message: ServerMessage,
  sender: "peer" | "self" = "peer",
): Follower<P> {
  if (!isFollower(position, message)) {
    const allowed = FOLLOWERS[position].map(nameOf);
    throw new Fault("outOfOrder", { message: nameOf(message.type), allowed, sender });
  }
  return message;
}

function isFollower<P extends Position>(
  position: P,
  message: ServerMessage,
): message is Follower<P> {
  return (FOLLOWERS[position] as readonly string[]).includes(message.type);
}

function nameOf(type: ServerMessage["type"]): string {
  return type === "REQUEST" ? "a request" : type;
}

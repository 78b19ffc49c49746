/**
 * The package under Node: the puzzle, and the words of the protocol. Under Bun there is more, see
 * src/index.ts.
 */

export type { Family } from "../../../src/fault/define.ts";
export { Fault } from "../../../src/fault/fault.ts";
export {
  formatInformation,
  formatServerMessage,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  type RequestName,
  type ServerMessage,
} from "../../../src/wire/message.ts";
export { digestOf, verify } from "./digest.ts";
export { type Solution, type SolveOptions, solve } from "./solve.ts";

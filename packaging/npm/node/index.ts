/**
 * The package under Node: the puzzle, and the words of the protocol. Under Bun there is more, see
 * src/index.ts.
 */
export type { Family } from "../../../src/fault/define.ts";
export { Fault } from "../../../src/fault/fault.ts";
export { toHex, trailingZeroBits } from "../../../src/puzzle/digest.ts";
export {
  chanceOf,
  chanceWithin,
  type Forecast,
  forecastSearch,
} from "../../../src/puzzle/forecast.ts";
export { randomWord } from "../../../src/puzzle/word.ts";
export { MAX_LINE_LENGTH } from "../../../src/wire/line.ts";
export {
  type Bits,
  formatInformation,
  formatServerMessage,
  type Information,
  isBits,
  isRequestName,
  isWord,
  MAX_BITS,
  MAX_WORD_LENGTH,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  REQUESTS,
  type RequestName,
  type ServerMessage,
  type Word,
} from "../../../src/wire/message.ts";
export { expectFollower, type Follower, type Position } from "../../../src/wire/order.ts";
export { digestOf, verify } from "./digest.ts";
export { type Solution, type SolveOptions, solve } from "./solve.ts";

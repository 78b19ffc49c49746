/**
 * The package: the solver, the server, the client, the certificates and the parsers. Its manual is
 * docs/library.md. Metrics, which load a library, are an entry point of their own (`exports` in
 * package.json).
 *
 * @module tlslp
 */

export { readAuthorities } from "./certificates/authorities.ts";
export { type Credentials, writeCredentials } from "./certificates/credentials.ts";
export { type Identity, readIdentity } from "./certificates/identity.ts";
export { makeCredentials } from "./certificates/make-credentials.ts";
export { readTlsConfig, type Trust } from "./certificates/tls-config.ts";
export type { Answers } from "./client/answers.ts";
export type { ClientEvent } from "./client/events.ts";
export { type RunClientOptions, runClient } from "./client/run-client.ts";
export type { ClientReport } from "./client/session.ts";
export type { Family } from "./fault/define.ts";
export { Fault } from "./fault/fault.ts";
export { digestOf, isSolution as verify } from "./puzzle/digest.ts";
export { type Solution, type SolveOptions, solve } from "./search/solve.ts";
export { type CreateServerOptions, createServer } from "./server/create-server.ts";
export type { ServerEvent } from "./server/events.ts";
export type { Server } from "./server/start-server.ts";
export {
  formatInformation,
  formatServerMessage,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  type RequestName,
  type ServerMessage,
} from "./wire/message.ts";

/**
 * The package: what the commands are made of, for other programs. The commands use nothing else of
 * it (and import it from where it is, so as to load no more than they need). What loads a large
 * library is an entry point of its own: see `exports` in package.json.
 */

export { type Answers, checkAnswers, readAnswers } from "./answers/file.ts";
export { ANSWERS_TEMPLATE, SAMPLE_ANSWERS } from "./answers/sample.ts";
export { type Credential, type Credentials, makeCredentials } from "./certificates/credentials.ts";
export { writeCredentials } from "./certificates/files.ts";
export type { ConversationEvent } from "./conversation/exchange.ts";
export { DEFAULT_LIMITS, type Limits } from "./conversation/exchange.ts";
export { type Family, Fault } from "./fault.ts";
export type { InputFile } from "./files/input.ts";
export type { Log } from "./log/log.ts";
export {
  digestOf,
  isSolution as verify,
  toHex,
  trailingZeroBits,
} from "./puzzle/digest.ts";
export { chanceOf, chanceWithin, type Forecast, forecastSearch } from "./puzzle/forecast.ts";
export { randomWord } from "./puzzle/word.ts";
export { kernelChoices, requireKernel } from "./search/kernels.ts";
export { MAX_SHARDS, MAX_THREADS, MIN_SUFFIX_LIMIT } from "./search/limits.ts";
export { type Progress, type Solution, type SolveOptions, solve } from "./search/solve.ts";
export { type KernelRate, type Survey, surveyKernels } from "./search/survey.ts";
export { DEFAULT_PORTS, type RunClientOptions, runClient } from "./service/client.ts";
export type {
  Connection,
  ServiceEvent,
  ServiceObserver,
  Session,
  VisitEvent,
  VisitObserver,
} from "./service/events.ts";
export {
  DEFAULT_BITS,
  type Exercise,
  type PlanRequest,
  type PlanSettings,
} from "./service/plan.ts";
export { createRecorder, type Recorder, recordVisit } from "./service/records.ts";
export { type CreateServerOptions, createServer, DEFAULT_CAPACITY } from "./service/server.ts";
export type { Service } from "./service/service.ts";
export { openSupervision, type Tell } from "./service/supervision.ts";
export { failedVisit, type VisitReport } from "./service/visit.ts";
export {
  type CertificateWatch,
  type WatchOptions,
  warnOfExpiries,
  watchCertificates,
} from "./service/watch.ts";
export { type CredentialFiles, readCredentials, type TrustFiles } from "./tls/credentials.ts";
export {
  type Identity,
  readAuthorities,
  readIdentity,
  vetAuthorities,
  vetIdentity,
} from "./tls/identity.ts";
export {
  formatEndpoint,
  requireLoopback,
  requireLoopbackHost,
  resolveHost,
} from "./tls/loopback.ts";
export type { Trust } from "./tls/options.ts";
export { fingerprintOf } from "./tls/peer.ts";
export { TUTORIAL_ARG, TUTORIAL_SEARCH, TUTORIAL_TOKEN } from "./tutorial/fixed.ts";
export { createOnlySession, type OnlySession } from "./tutorial/session.ts";
export { type Show, showService, showVisit } from "./tutorial/transcript.ts";
export { MAX_LINE_LENGTH } from "./wire/line.ts";
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
} from "./wire/message.ts";
export { expectFollower, type Follower, type Position } from "./wire/order.ts";

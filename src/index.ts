/**
 * The package: what the commands are made of, for other programs. The commands use nothing else of
 * it (and import it from where it is, so as to load no more than they need). What loads a large
 * library is an entry point of its own: see `exports` in package.json.
 */

export { type Credential, type Credentials, makeCredentials } from "./certificates/credentials.ts";
export { writeCredentials } from "./certificates/files.ts";
export { fingerprintOf } from "./certificates/fingerprint.ts";
export {
  type Identity,
  readAuthorities,
  readIdentity,
  vetAuthorities,
  vetIdentity,
} from "./certificates/identity.ts";
export {
  readTlsConfig,
  type TlsFiles,
  type Trust,
  type TrustFiles,
} from "./certificates/tls-config.ts";
export { type Answers, checkAnswers, readAnswers } from "./client/answers.ts";
export { DEFAULT_PORTS, type RunClientOptions, runClient } from "./client/client.ts";
export { failedVisit, type VisitReport } from "./client/find-server.ts";
export { ANSWERS_TEMPLATE, SAMPLE_ANSWERS } from "./client/sample-answers.ts";
export type { ConversationEvent } from "./conversation/exchange.ts";
export { DEFAULT_TIMEOUTS, type Timeouts } from "./conversation/exchange.ts";
export type { Family } from "./fault/define.ts";
export { Fault } from "./fault/fault.ts";
export type { InputFile } from "./io/input.ts";
export type { Log } from "./log/log.ts";
export {
  digestOf,
  isSolution as verify,
  toHex,
  trailingZeroBits,
} from "./puzzle/digest.ts";
export { chanceOf, chanceWithin, type Forecast, forecastSearch } from "./puzzle/forecast.ts";
export { randomWord } from "./puzzle/word.ts";
export { MAX_SHARDS, MAX_THREADS, MIN_SUFFIX_LIMIT } from "./search/abi.ts";
export type { FewerThreads, KernelRate, Survey } from "./search/job.ts";
export { kernelChoices, requireKernel } from "./search/kernels.ts";
export { type Progress, type Solution, type SolveOptions, solve } from "./search/solve.ts";
export { type SurveyOptions, surveyKernels } from "./search/survey.ts";
export {
  type CertificateWatch,
  type WatchOptions,
  warnOfExpiries,
  watchCertificates,
} from "./server/certificate-reload.ts";
export type {
  ClientEvent,
  ClientObserver,
  Connection,
  ServerEvent,
  ServerObserver,
  Session,
} from "./server/events.ts";
export {
  DEFAULT_BITS,
  type Exercise,
  type PlanRequest,
  type PlanSettings,
} from "./server/plan.ts";
export { createRecorder, type Recorder, recordClient } from "./server/records.ts";
export { type CreateServerOptions, createServer, DEFAULT_CAPACITY } from "./server/server.ts";
export type { Server } from "./server/sessions.ts";
export { openSupervision, type Tell } from "./server/systemd.ts";
export {
  formatEndpoint,
  requireLoopback,
  requireLoopbackHost,
  resolveHost,
} from "./tls/hosts.ts";
export { TUTORIAL_ARG, TUTORIAL_SEARCH, TUTORIAL_TOKEN } from "./tutorial/fixed-values.ts";
export { createOnlySession, type OnlySession } from "./tutorial/session.ts";
export { type Show, showClient, showServer } from "./tutorial/transcript.ts";
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

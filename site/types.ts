/**
 * Types of options, results and events. The package does not export their names; TypeScript knows
 * them from the functions that use them.
 *
 * @module Types in signatures
 */
export type { VettedAuthorities } from "../src/certificates/authorities.ts";
export type { Credential } from "../src/certificates/credentials.ts";
export type { Expiry } from "../src/certificates/expiry.ts";
export type { PeerIdentity } from "../src/certificates/fingerprint.ts";
export type { CredentialsOptions } from "../src/certificates/make-credentials.ts";
export type {
  ClientTrustOption,
  Findings,
  LoadedTls,
  TlsConfig,
  TlsFiles,
  TrustFiles,
  TrustOption,
} from "../src/certificates/tls-config.ts";
export type { ClientConnection } from "../src/client/events.ts";
export type { ConversationEvent, Timeouts } from "../src/conversation/exchange.ts";
export type { FaultCode } from "../src/fault/fault.ts";
export type { End } from "../src/fault/sentences/certificates.ts";
export type { IntakeEvent, Kept } from "../src/intake/intake.ts";
export type { OnPassEvent } from "../src/intake/on-pass.ts";
export type { QuestionSettings } from "../src/intake/questions/questionnaire.ts";
export type { RetentionEvent } from "../src/intake/retention.ts";
export type { Health, StoreEvent } from "../src/intake/store/health.ts";
export type { InputFile } from "../src/io/input.ts";
export type { FewerThreads } from "../src/search/job.ts";
export type { Progress } from "../src/search/solve.ts";
export type { ServerObserver, Session } from "../src/server/events.ts";
export type { Ports } from "../src/tls/bind.ts";
export type { Information } from "../src/wire/message.ts";

/**
 * Every kind of failure: its code, its family and its sentence.
 */
import { internal } from "../define.ts";
import { CERTIFICATE_SENTENCES } from "./certificates.ts";
import { COMMAND_LINE_SENTENCES } from "./command-line.ts";
import { CONFORM_SENTENCES } from "./conform.ts";
import { CONVERSATION_SENTENCES } from "./conversation.ts";
import { FILE_SENTENCES } from "./files.ts";
import { INTAKE_SENTENCES } from "./intake.ts";
import { INVITATION_SENTENCES } from "./invitations.ts";
import { SEARCH_SENTENCES } from "./search.ts";
import { TRANSPORT_SENTENCES } from "./transport.ts";

export const SENTENCES = {
  ...CONVERSATION_SENTENCES,
  ...CERTIFICATE_SENTENCES,
  ...TRANSPORT_SENTENCES,
  ...FILE_SENTENCES,
  ...SEARCH_SENTENCES,
  ...INTAKE_SENTENCES,
  ...INVITATION_SENTENCES,
  ...COMMAND_LINE_SENTENCES,
  ...CONFORM_SENTENCES,
  /** A bug: something was thrown that is no fault. */
  unexpected: internal<{ message: string }>(({ message }) => message),
};

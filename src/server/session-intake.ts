/**
 * One session's part in an intake: the steps that it adds to the conversation, the facts that it
 * gathers, and the note of how the session ended.
 */
import type { ConversationEvent } from "../conversation/exchange.ts";
import type { Answer, Plan, ServerOutcome } from "../conversation/server.ts";
import type { Intake, Kept } from "../intake/intake.ts";
import type { RequestName } from "../wire/message.ts";
import type { Session } from "./events.ts";

export interface SessionIntake {
  /** The plan with the steps of the intake. */
  readonly plan: Plan;
  /** Must be called with each event of the conversation. */
  readonly observe: (event: ConversationEvent) => void;
  /** Notes how the session ended; returns its submission, if there is one. */
  readonly end: (outcome: ServerOutcome) => Promise<Kept | undefined>;
}

/** The part of an intake that sessions use. */
export type SessionsIntake = Pick<
  Intake,
  "admit" | "checkAnswer" | "keep" | "acknowledge" | "noteAttempt"
>;

/** Joins a session to the intake; without an intake its answers are forgotten. */
export function joinIntake(
  intake: SessionsIntake | undefined,
  session: Session,
  plan: Plan,
): SessionIntake {
  if (intake === undefined) {
    return { plan, observe: () => undefined, end: async () => undefined };
  }
  const { identity: participant } = session;
  let bits: number | undefined;
  let workSeconds: number | undefined;
  let keeping: Promise<Kept | undefined> | undefined;

  const facts = () => ({ participant, address: session.peer, bits, workSeconds });

  return {
    plan: {
      ...plan,
      beforeHello: () => intake.admit(participant),
      checkAnswer: ({ request, value }) => intake.checkAnswer(request, value),
      async beforeDone(answers) {
        keeping = intake.keep(facts(), lastOfEach(answers));
        await keeping;
      },
    },
    observe(event) {
      if (event.message.type === "WORK") {
        bits = event.message.bits;
        workSeconds = event.type === "answered" ? event.seconds : undefined;
      }
    },
    async end({ step, fault }) {
      // A store that answers later than the client could wait may keep the answers all the same.
      const kept = await keeping?.catch(() => undefined);
      if (fault === undefined) {
        intake.acknowledge(kept);
      } else if (kept === undefined) {
        intake.noteAttempt(facts(), step, fault);
      }
      return kept;
    },
  };
}

/** Returns the last answer to each request. */
function lastOfEach(answers: readonly Answer[]): ReadonlyMap<RequestName, string> {
  return new Map(answers.map(({ request, value }) => [request, value]));
}

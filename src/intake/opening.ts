/**
 * When an intake is open. A session that began in time may finish.
 */
import { Fault } from "../fault/fault.ts";
import { isDate } from "./questions/calendar.ts";

export interface Moment {
  /** As the organiser wrote it. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface Opening {
  readonly open?: Moment | undefined;
  readonly close?: Moment | undefined;
}

/** A date and a time with the offset from UTC, or `Z`. */
const TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Parses a time of ISO 8601 with an offset; throws a usage fault for another text. */
export function parseMoment(text: string, setting: string): Moment {
  const [, day = ""] = TIME.exec(text) ?? [];
  // The runtime takes 31 April for 1 May.
  const time = isDate(day, "YYYY-MM-DD") ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new Fault("notTime", { setting, value: text });
  }
  return { text, time };
}

/** Returns the opening of two times; throws a usage fault where it would never be open. */
export function makeOpening(open: string | undefined, close: string | undefined): Opening {
  const opening: Opening = {
    open: open === undefined ? undefined : parseMoment(open, "open"),
    close: close === undefined ? undefined : parseMoment(close, "close"),
  };
  if (opening.open && opening.close && opening.open.time >= opening.close.time) {
    throw new Fault("neverOpen", { open: opening.open.text, close: opening.close.text });
  }
  return opening;
}

/** Throws the fault to refuse a client with, where it comes too early or too late. */
export function checkOpen({ open, close }: Opening, now = Date.now()): void {
  if (open !== undefined && now < open.time) {
    throw new Fault("notOpenYet", { time: open.text });
  }
  if (close !== undefined && now >= close.time) {
    throw new Fault("closedSince", { time: close.text });
  }
}

/**
 * The dates on which certificates and lists expire, and when to warn.
 */
import { X509Certificate } from "node:crypto";
import type { InputFile } from "../io/input.ts";
import { certificatesIn } from "./pem.ts";

export interface Expiry {
  readonly file: InputFile;
  readonly date: Date;
  /** How long before that date to warn, in days. */
  readonly notice: number;
}

const CERTIFICATE_NOTICE = 14;
const DAY = 24 * 60 * 60 * 1000;

/** Returns when the first certificate of a PEM file expires. */
export function expiryOf(file: InputFile, pem: string): Expiry {
  const dates = certificatesIn(pem).map((block) => Date.parse(new X509Certificate(block).validTo));
  return { file, date: new Date(Math.min(...dates)), notice: CERTIFICATE_NOTICE };
}

/** Returns those that are near enough for a warning. */
export function dueExpiries(expiries: readonly Expiry[], now: Date): readonly Expiry[] {
  return expiries.filter(({ date, notice }) => date.getTime() - now.getTime() < notice * DAY);
}

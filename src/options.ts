/**
 * Checks of values that a program or a user gives. Each returns the value, in its own type where it
 * has one, or throws a usage fault with the option's key (`setting`) and the rule.
 */
import { MAX_TIMEOUT } from "./deadline.ts";
import { Fault } from "./fault/fault.ts";
import { PIN } from "./pin.ts";
import { type Bits, isBits, isWord, MAX_BITS, type Word } from "./wire/message.ts";

export const MAX_PORT = 65_535;

export function checkWhole(setting: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Fault("notWhole", { setting, value: String(value), least, most });
  }
  return value;
}

export function checkBits(setting: string, value: number): Bits {
  if (!isBits(value)) {
    throw new Fault("notWhole", { setting, value: String(value), least: 0, most: MAX_BITS });
  }
  return value;
}

export function checkWord(setting: string, value: string): Word {
  if (!isWord(value)) {
    throw new Fault("notWord", { setting, value: String(value) });
  }
  return value;
}

/** Checks a port: `least` is 0, by which the system chooses, only for a port to listen on. */
export function checkPort(setting: string, value: number, least: 0 | 1): number {
  return checkWhole(setting, value, least, MAX_PORT);
}

/** Checks a number of seconds, above 0. */
export function checkSeconds(setting: string, value: number): number {
  if (!(value > 0 && value <= MAX_TIMEOUT)) {
    throw new Fault("notSeconds", {
      setting,
      value: String(value),
      zeroAllowed: false,
      most: MAX_TIMEOUT,
    });
  }
  return value;
}

export function checkTimeouts(timeouts: { readonly work: number; readonly other: number }) {
  return {
    work: checkSeconds("timeouts.work", timeouts.work),
    other: checkSeconds("timeouts.other", timeouts.other),
  };
}

export function checkChance(setting: string, value: number): number {
  if (!(value >= 0 && value <= 1)) {
    throw new Fault("notChance", { setting, value: String(value) });
  }
  return value;
}

export function checkChoice<T extends string>(
  setting: string,
  value: string,
  choices: readonly T[],
): T {
  const choice = choices.find((one) => one === value);
  if (choice === undefined) {
    throw new Fault("notChoice", { setting, value: String(value), choices });
  }
  return choice;
}

/** Checks a public key's fingerprint, `sha256/BASE64`. */
export function checkPin(setting: string, value: string): string {
  if (!PIN.test(value)) {
    throw new Fault("notPin", { setting, value: String(value) });
  }
  return value;
}

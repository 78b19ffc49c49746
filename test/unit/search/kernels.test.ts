import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { randomWord } from "../../../src/puzzle/word.ts";
import { kernelNames } from "../../../src/search/kernels.ts";
import { openLibrary } from "../../../src/search/library.ts";
import { solve } from "../../../src/search/solve.ts";

const library = await openLibrary();
const usable = kernelNames(library).filter(
  (_, kernel) => library.tlslp_kernel_usable(kernel) === 1,
);

/** How many zero bits a digest ends with, by Node's hash alone. */
function zeroBits(message: string): number {
  const digest = BigInt(`0x${createHash("sha256").update(message).digest("hex")}`);
  return digest.toString(2).match(/0*$/)?.[0].length ?? 0;
}

describe("what a kernel finds is a solution to Node's hash too", () => {
  for (const kernel of usable) {
    for (const maxSuffix of [16, 60, 128]) {
      test(`${kernel}, up to ${maxSuffix} characters`, async () => {
        for (let length = 1; length <= 128; length += 7) {
          const token = randomWord(length);
          const { suffix } = await solve(token, 9, { kernel, maxSuffix, threads: 1 });
          expect(zeroBits(token + suffix), `${token} ${suffix}`).toBeGreaterThanOrEqual(9);
        }
      });
    }
  }
});

import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { randomWord } from "../../../src/puzzle/word.ts";
import { failedKernels, kernelNames, selectKernel } from "../../../src/search/kernels.ts";
import { type Library, openLibrary } from "../../../src/search/library.ts";
import { solve } from "../../../src/search/solve.ts";
import { faultOf, summary } from "../../support/faults.ts";

const library = await openLibrary();
const usable = kernelNames(library).filter(
  (_, kernel) => library.tlslp_kernel_usable(kernel) === 1,
);

/** Returns how many zero bits a digest ends with, by Node's hash alone. */
function zeroBits(message: string): number {
  const digest = BigInt(`0x${createHash("sha256").update(message).digest("hex")}`);
  return digest.toString(2).match(/0*$/)?.[0].length ?? 0;
}

describe("the solutions of each kernel are right by Node's hash too", () => {
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

describe("a kernel that failed its self-test", () => {
  /** A library whose last kernel fails, and whose last but one is not for this processor. */
  const names = ["portable", "foreign", "broken"];
  const damaged = {
    tlslp_kernel_count: () => names.length,
    tlslp_kernel_name: (kernel: number) => names[kernel],
    tlslp_kernel_usable: (kernel: number) => (kernel === 0 ? 1 : 0),
    tlslp_kernel_failed: (kernel: number) => (kernel === 2 ? 1 : 0),
  } as unknown as Library;

  test("has another error than one that the processor lacks", () => {
    expect(failedKernels(damaged)).toEqual(["broken"]);
    expect(summary(faultOf(() => selectKernel(damaged, "broken")))).toContain(
      "the kernel broken failed its self-test here; this processor has portable",
    );
    expect(summary(faultOf(() => selectKernel(damaged, "foreign")))).toContain(
      "this processor cannot run the kernel foreign; it has portable",
    );
  });

  test("is not among the usable kernels", () => {
    expect(failedKernels(library)).toEqual([]);
  });
});

/**
 * The types of the measurements from which the tables and plots are made.
 */

/** The output of `bench/kernels/run --json`. */
export interface Kernels {
  readonly hertz: number;
  readonly kernels: readonly KernelRate[];
}

export interface KernelRate {
  readonly kernel: string;
  readonly form: string;
  readonly candidates_per_second: number;
  readonly cycles_per_candidate: number;
  readonly ratio_evp: number;
  readonly ratio_bare: number;
}

/** The output of `tlslp bench --json`. */
export interface Times {
  readonly rows: readonly {
    readonly n_bits: number;
    readonly runs: number;
    readonly average: number;
    readonly expected: number;
  }[];
}

/** The output of `tlslp bench --kernels --json`. */
export interface Survey {
  readonly auto: string;
  readonly kernels: readonly {
    readonly name: string;
    readonly hashes_per_second_all_threads: number;
  }[];
}

export interface Machine {
  readonly model: string;
  readonly processors: number;
  readonly compiler: string;
  readonly openssl: string;
  /** The average number of runnable threads in the last minute, ours included. */
  readonly load: number;
}

export interface Measured {
  readonly machine: Machine;
  readonly kernels: Kernels;
  readonly limits: Kernels;
  readonly times: Times;
  readonly threads: readonly number[];
  /** The rows of `bench/kernels/evidence`, the heading first. */
  readonly evidence: readonly (readonly string[])[];
}

/** Average seconds as published by the authors of the original: 12 threads of an i5-1235U. */
export const PUBLISHED: readonly (readonly [bits: number, seconds: number])[] = [
  [16, 0.01],
  [20, 0.01],
  [24, 0.08],
  [28, 2.6],
  [32, 53.19],
  [36, 243.97],
];

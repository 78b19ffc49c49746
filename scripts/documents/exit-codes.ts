/**
 * The meaning of each exit code in the documents.
 */
export const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, "done"],
  [1, "a fault of the program or the machine"],
  [2, "usage or configuration"],
  [3, "transport: the network, TLS or a certificate failed, or the peer closed"],
  [4, "the peer broke the protocol"],
  [5, "a time limit passed"],
  [6, "the peer refused"],
  [129, "ended by SIGHUP: the terminal was closed"],
  [130, "ended by SIGINT"],
  [143, "ended by SIGTERM"],
];

/** Returns the exit codes of one command with their meanings, signals included. */
export function exitCodesOf(exceptions: { readonly SIGTERM?: number } = {}) {
  return exceptions.SIGTERM === 0
    ? EXIT_CODES.filter(([code]) => code !== 143).map(([code, meaning]) =>
        code === 0
          ? ([code, `${meaning}, or ended by SIGTERM`] as const)
          : ([code, meaning] as const),
      )
    : EXIT_CODES;
}

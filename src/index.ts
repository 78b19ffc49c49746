/**
 * The package: what the commands are made of, for other programs.
 */
export { type Family, Fault } from "./fault.ts";
export { isSolution as verify } from "./puzzle/digest.ts";
export { type Progress, type Solution, type SolveOptions, solve } from "./search/solve.ts";

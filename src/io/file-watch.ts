/**
 * Files whose changes are noticed by looking at them from time to time. Events of the system do not
 * cover network drives, nor the folder of links by which Kubernetes replaces files.
 */
import { statSync } from "node:fs";
import { errorCode } from "../fault/fault.ts";

export interface FileWatch {
  /** Whether any of the files differs from the last call, or from the start. */
  hasChanged(): boolean;
}

/**
 * Notes the present state of files, to notice changes. Must be called before the files are read:
 * then a change during the reading is noticed too.
 */
export function watchFiles(paths: readonly string[]): FileWatch {
  let known = paths.map(stateOf);
  return {
    hasChanged() {
      const current = paths.map(stateOf);
      const isChanged = current.some((state, index) => state !== known[index]);
      known = current;
      return isChanged;
    },
  };
}

/** Returns a text that differs when the file at a path is another one, or was written to. */
function stateOf(path: string): string {
  try {
    const stats = statSync(path, { bigint: true });
    // A pipe can be read only once.
    return stats.isFIFO()
      ? "pipe"
      : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
  } catch (cause) {
    return errorCode(cause);
  }
}

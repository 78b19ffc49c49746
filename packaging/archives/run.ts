/**
 * Runs a program to its end and returns its stdout. Throws an error with its stderr when it fails.
 */
export function run(...command: readonly string[]): string {
  const { success, stdout, stderr } = Bun.spawnSync([...command], { stdin: "ignore" });
  if (!success) {
    throw new Error(`${command.join(" ")} failed:\n${stderr.toString()}`);
  }
  return stdout.toString();
}

/**
 * The arguments of a group of commands, such as `tlslp submissions`.
 */
import type { GroupDescription } from "./command.ts";

/** Returns the arguments with the first word in front: flags may come before a command's name. */
export function commandFirst(
  args: readonly string[],
  { members }: Pick<GroupDescription, "members">,
): readonly string[] {
  const flags = members.flatMap((member) => Object.values(member.flags));
  const valued = new Set(
    flags
      .filter(({ placeholder }) => placeholder !== undefined)
      .flatMap(({ name, aliases }) => [name, ...aliases].map((each) => `--${each}`)),
  );
  let index = 0;
  for (let arg = args[0]; arg?.startsWith("-"); arg = args[index]) {
    index += valued.has(arg) ? 2 : 1;
  }
  return [...args.slice(index, index + 1), ...args.slice(0, index), ...args.slice(index + 1)];
}

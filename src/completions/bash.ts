/**
 * The script that makes bash complete the command line; it works from bash 3.2 on.
 */
import { shellWord } from "../cli/quote.ts";
import { type Choice, type CommandWords, TOP_LEVEL_EXTRAS, withoutGroups } from "./words.ts";

export function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name);
  const top = [...names, ...TOP_LEVEL_EXTRAS.map(([name]) => name)];
  const groups = commands.filter(({ members }) => members.length > 0);
  const all = withoutGroups(commands);
  return `# Completion of tlslp's command line for bash: source <(tlslp completions bash)

_tlslp_offer() { # compgen's arguments
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@" -- "$cur")
}

_tlslp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} word index flags='' words=''
  local command=\${COMP_WORDS[1]} begin=2
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _tlslp_offer -W ${shellWord(top.join(" "))}
    return
  fi
  case $command in
${groups.map(groupCase).join("\n")}
  esac
  # bash makes three words of --flag=value.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = begin; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} != -- ]] || before=--
  done
  case "$command $before" in
${all.flatMap(valueCases).join("\n")}
  esac
  case $command in
${all.map(commandCase).join("\n")}
    help) words=${shellWord(names.join(" "))} ;;
  esac
  if [[ $cur == -* && $before != -- ]]; then
    _tlslp_offer -W "$flags"
  elif [[ $words == FILES ]]; then
    compopt -o filenames 2>/dev/null
    _tlslp_offer -f
  else
    _tlslp_offer -W "$words"
  fi
}

complete -F _tlslp tlslp
`;
}

/** Offers the commands of a group, or makes `command` the words of one. */
function groupCase({ name, members, flags }: CommandWords): string {
  const words = [...members.map(({ word }) => word), ...flags.flatMap(({ names }) => names)];
  return `    ${name})
      if ((COMP_CWORD == 2)); then
        _tlslp_offer -W ${shellWord(words.join(" "))}
        return
      fi
      case \${COMP_WORDS[2]} in
        ${members.map(({ word }) => word).join(" | ")}) command+=" \${COMP_WORDS[2]}" begin=3 ;;
      esac
      ;;`;
}

function valueCases({ name, flags }: CommandWords): readonly string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) {
      return [];
    }
    const patterns = names.map((flag) => shellWord(`${name} ${flag}`)).join(" | ");
    return `    ${patterns}) ${offer(value.choice)}return ;;`;
  });
}

function offer(choice: Choice): string {
  if (choice === "files" || choice === "folders") {
    const option = choice === "files" ? "-f" : "-d";
    return `compopt -o filenames 2>/dev/null; _tlslp_offer ${option}; `;
  }
  return choice.length === 0 ? "" : `_tlslp_offer -W ${shellWord(choice.join(" "))}; `;
}

function commandCase({ name, flags, positionals }: CommandWords): string {
  const all = flags.flatMap(({ names }) => names).join(" ");
  const words = positionals
    .flatMap(({ choice }) => (choice === "files" ? "FILES" : choice))
    .join(" ");
  const assignment = words === "" ? "" : ` words=${shellWord(words)}`;
  return `    ${shellWord(name)}) flags=${shellWord(all)}${assignment} ;;`;
}

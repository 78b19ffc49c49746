/**
 * The script that makes bash complete the command line; it works from bash 3.2 on.
 */
import { shellWord } from "../cli/quote.ts";
import { type Choice, type CommandWords, TOP_LEVEL_EXTRAS } from "./words.ts";

export function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name);
  const top = [...names, ...TOP_LEVEL_EXTRAS.map(([name]) => name)];
  return `# Completion of tlslp's command line for bash: source <(tlslp completions bash)

_tlslp_offer() { # compgen's arguments
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@" -- "$cur")
}

_tlslp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} word index flags='' words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _tlslp_offer -W ${shellWord(top.join(" "))}
    return
  fi
  # bash makes three words of --flag=value.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} != -- ]] || before=--
  done
  case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case \${COMP_WORDS[1]} in
${commands.map(commandCase).join("\n")}
    help) words=${shellWord(names.join(" "))} ;;
  esac
  if [[ $cur == -* && $before != -- ]]; then
    _tlslp_offer -W "$flags"
  else
    _tlslp_offer -W "$words"
  fi
}

complete -F _tlslp tlslp
`;
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
  const words = positionals.flatMap(({ choice }) => choice).join(" ");
  const assignment = words === "" ? "" : ` words=${shellWord(words)}`;
  return `    ${name}) flags=${shellWord(all)}${assignment} ;;`;
}

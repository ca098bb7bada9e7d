import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as a shell has to know it. */
interface Completed {
  name: string;
  description: string;
  options: { flag: string; description: string; takesValue: boolean; choices: string[] }[];
  /** What may stand where an argument is expected; none: files. */
  choices: string[];
}

/**
 * A script that completes the commands of a program in a shell. It holds all words, so that a press of the key does not
 * start the program.
 */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const commands = program.createHelp().visibleCommands(program).map(completed);
  const all: Completed = { ...completed(program), choices: commands.map((command) => command.name) };
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](name, all, commands);
}

function completed(command: Command): Completed {
  const option = ({ long, short, description, required, optional, argChoices = [] }: Option) => ({
    flag: long ?? short ?? '',
    description,
    takesValue: required || optional,
    choices: argChoices,
  });
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(option),
    choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const flags = ({ options }: Completed) => options.map(({ flag }) => flag).join(' ');

/** Where the function finds no words, `-o default` lets bash complete files. */
function bashScript(program: string, all: Completed, commands: Completed[]): string {
  const cases = commands.flatMap((command) => [
    ...command.options.map(({ flag, choices }) => [`${command.name}:${flag}:*`, choices.join(' ')]),
    [`${command.name}:*:-*`, flags(command)],
    [`${command.name}:*`, command.choices.join(' ')],
  ]);
  const lines = cases
    .filter(([, words]) => words !== '')
    .map(([pattern, words]) => `    ${pattern}) words="${words}" ;;`);
  return `_${program}() {
  local words="" current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}:\${COMP_WORDS[COMP_CWORD - 1]}:$current" in
    *:"\${COMP_WORDS[0]}":*) words="${all.choices.join(' ')} ${flags(all)}" ;;
${lines.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${program} ${program}
`;
}

function zshScript(program: string, { choices: _names, ...all }: Completed, commands: Completed[]): string {
  const colonless = (text: string) => text.replaceAll(':', '\\:');
  const value = (choices: string[]) => (choices.length > 0 ? `(${choices.join(' ')})` : '_files');
  const specs = ({ options, choices }: Omit<Completed, 'choices'> & { choices?: string[] }) => [
    ...options.map(({ flag, description, takesValue, choices }) =>
      quoted(
        `${flag}[${colonless(description).replace(/[[\]]/g, '\\$&')}]${takesValue ? `:value:${value(choices)}` : ''}`,
      ),
    ),
    ...(choices ? [quoted(`*:argument:${value(choices)}`)] : []),
  ];
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${colonless(description)}`)}`);
  const cases = commands.map((command) => `    ${command.name}) _arguments ${specs(command).join(' \\\n      ')} ;;`);
  return `#compdef ${program}
_${program}() {
  local -a commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    _arguments ${specs(all).join(' ')}
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
# Loaded by zsh itself as a completion, or sourced by somebody.
if [ "$funcstack[1]" = "_${program}" ]; then _${program}; else compdef _${program} ${program}; fi
`;
}

function fishScript(program: string, all: Completed, commands: Completed[]): string {
  const line = (condition: string, rest: string, description = '') =>
    `complete -c ${program} -n ${quoted(condition)} ${rest}${description === '' ? '' : ` -d ${quoted(description)}`}`;
  const options = (condition: string, { options }: Completed) =>
    options.map(({ flag, description, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
      return line(condition, `-l ${flag.replace(/^--/, '')}${value}`, description);
    });
  const lines = commands.flatMap((command) => {
    const condition = `__fish_seen_subcommand_from ${command.name}`;
    return [
      line('__fish_use_subcommand', `-f -a ${command.name}`, command.description),
      ...options(condition, command),
      ...(command.choices.length > 0 ? [line(condition, `-f -a ${quoted(command.choices.join(' '))}`)] : []),
    ];
  });
  return `${[...options('__fish_use_subcommand', all), ...lines].join('\n')}\n`;
}

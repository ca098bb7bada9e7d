import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion.ts';
import { print } from '../terminal.ts';

const AFTER = `
Where a shell looks for it:
  pixmill completion bash > ~/.local/share/bash-completion/completions/pixmill
  pixmill completion zsh > "\${fpath[1]}/_pixmill"
  pixmill completion fish > ~/.config/fish/completions/pixmill.fish`;

/** `pixmill completion SHELL`. */
export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('prints a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', AFTER)
    .action((shell: Shell) => print(completionScript(program, shell)));
}

import type { Command } from 'commander';
import { commandLine } from '../../src/cli/command-line.ts';

/** docs/command-line.md: what `--help` says of every command. */
export function commandLinePage(): string {
  const program = commandLine(() => undefined);
  const sections = program.commands.map((command) => `## pixmill ${command.name()}\n\n${helpOf(command)}`);
  return `# Command line

Written by \`npm run docs\` from the program itself. In a clone of the repository \`npx pixmill\` runs it.

${[helpOf(program), ...sections].join('\n\n')}
`;
}

function helpOf(command: Command): string {
  let text = '';
  const writeOut = (part: string) => {
    text += part;
  };
  // Not as wide as the terminal of whoever writes the page.
  command.configureOutput({ writeOut, getOutHelpWidth: () => 100, getOutHasColors: () => false }).outputHelp();
  return `\`\`\`\n${text.trim()}\n\`\`\``;
}

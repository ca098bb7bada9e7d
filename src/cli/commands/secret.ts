import type { Command } from 'commander';
import { customerName } from '../customer-option.ts';
import { loadConfig } from '../load-config.ts';
import { print } from '../terminal.ts';

/** `pixmill secret`. */
export function secretCommand(program: Command): void {
  program
    .command('secret')
    .description('prints the secret that webhooks are signed with; receivers need it to check them')
    .option('--customer <name>', 'the one of this customer alone', customerName)
    .action(async ({ customer }: { customer?: string }) => {
      const { webhookSecret } = await import('../../operations/webhook-secret.ts');
      print(await webhookSecret(loadConfig(), customer));
    });
}

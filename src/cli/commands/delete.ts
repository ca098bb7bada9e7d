import type { Command } from 'commander';
import { customerName } from '../customer-option.ts';
import { loadConfig } from '../load-config.ts';
import { print } from '../terminal.ts';

const AFTER = `
May run beside the server. Take the keys of the customer out of PIXMILL_API_KEYS first, so that nothing comes after.

Example:
  pixmill delete --customer acme`;

/** `pixmill delete`. */
export function deleteCommand(program: Command): void {
  program
    .command('delete')
    .description('deletes all requests of a customer with their images, and what is remembered of it, for good')
    .requiredOption('--customer <name>', 'as in PIXMILL_API_KEYS', customerName)
    .addHelpText('after', AFTER)
    .action(async ({ customer }: { customer: string }) => {
      const { deleteCustomer } = await import('../../operations/delete-customer.ts');
      const requests = await deleteCustomer(loadConfig(), customer);
      print(`Deleted of ${customer}: ${requests === 1 ? '1 request' : `${requests} requests`}, and what was counted.`);
    });
}

import { CUSTOMER_NAME } from '../domain/customer.ts';
import { CommandFailure } from './terminal.ts';

/** The value of `--customer`. @throws CommandFailure for what is no name of a customer */
export function customerName(value: string): string {
  if (CUSTOMER_NAME.test(value)) return value;
  throw new CommandFailure(
    '--customer must be the name before the colon in PIXMILL_API_KEYS: a-z, 0-9, - and _, at most 64 characters.',
  );
}

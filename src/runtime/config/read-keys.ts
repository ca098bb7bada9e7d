import { type ApiKey, CUSTOMER_NAME } from '../../domain/customer.ts';
import { list, type Reader } from './readers.ts';

const KEY = /^[\x21-\x7e]{16,1000}$/;

/** Plain keys. Messages never hold any of them. */
export const operatorKeys: Reader<string[]> = (value) => list(value).map(checkedKey);

/**
 * `KEY`, `customer:KEY`, or `:KEY` for a plain key that holds a colon. Before customers had names, every entry was a plain
 * key: one with a colon that is no `customer:KEY` is refused, since nobody can tell what is meant.
 */
export const apiKeys: Reader<ApiKey[]> = (value) => {
  const all = list(value).map(readEntry);
  const customers = new Map(all.map(({ key, customer }) => [key, customer]));
  if (all.some(({ key, customer }) => customers.get(key) !== customer)) {
    throw new Error('must not hold a key twice, with a customer and without or with another one');
  }
  return all;
};

function readEntry(entry: string, index: number): ApiKey {
  const colon = entry.indexOf(':');
  if (colon === -1) return { key: checkedKey(entry), customer: null };
  const [customer, key] = [entry.slice(0, colon), entry.slice(colon + 1)];
  if (customer === '') return { key: checkedKey(key), customer: null };
  if (CUSTOMER_NAME.test(customer) && KEY.test(key)) return { key, customer };
  throw new Error(
    `must not hold what could be read both ways: entry ${index + 1} has a colon, and is no customer:KEY (a customer of a-z, ` +
      '0-9, - and _, at most 64, and a key of at least 16 visible characters); for a plain key that holds a colon write :KEY',
  );
}

function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('must hold keys of at least 16 visible characters');
  return key;
}

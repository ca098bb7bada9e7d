import { Problem } from '../domain/problem.ts';
import { isUploadField } from '../domain/unknown-fields.ts';

/** Longest value of a field, in bytes. */
export const FIELD_BYTES = 4_096;

/** What an upload sends for its options: in the address, or in the form, which wins. Of fields that are not known only the names. */
export class SentFields {
  readonly #fields = new Map<string, string>();

  /** @param query parameters of the address; one that is repeated comes as a list */
  static ofQuery(query: object): SentFields {
    const sent = new SentFields();
    for (const [name, values] of Object.entries(query)) {
      for (const value of [values].flat()) sent.add(name, String(value), String(value).length > FIELD_BYTES);
    }
    return sent;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** @throws Problem `invalid_option` for a value that is too long, or a second one that says something else */
  add(name: string, value: string, truncated: boolean): void {
    if (!isUploadField(name)) {
      // Only the name is of interest: the value may be a secret, and as long as it likes. An empty text is no file left out.
      if (value !== '' || (name !== 'file' && name !== 'csv_file')) this.#fields.set(name, '');
      return;
    }
    if (truncated) throw new Problem('invalid_option', `"${name}" is longer than ${FIELD_BYTES} bytes.`);
    // A field that is sent empty counts as not sent.
    if (value === '' && this.has(name)) return;
    const before = this.#fields.get(name) ?? '';
    if (before !== '' && before !== value) {
      throw new Problem('invalid_option', `"${name}" was sent twice with different values.`);
    }
    this.#fields.set(name, value);
  }

  /** These fields, and those of `others` that are not sent here. */
  over(others: SentFields): Map<string, string> {
    const sent = [...this.#fields].filter(([name, value]) => value !== '' || !others.has(name));
    return new Map([...others.#fields, ...sent]);
  }
}

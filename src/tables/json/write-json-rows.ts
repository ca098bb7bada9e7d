import { documentText } from '../document-text.ts';
import { Allowance } from '../inflate.ts';
import { writeRecords } from '../write-records.ts';
import { notJson } from './not-json.ts';
import { parseArray } from './parse-array.ts';
import { areLines, parseLines } from './parse-lines.ts';

type Open = () => AsyncIterable<Uint8Array>;

/** Enough to tell JSON Lines from JSON. */
const HEAD_CHARACTERS = 65_536;

/**
 * Writes the products of a JSON file as rows into a new file: of an array of objects, of `{"products": […]}`, or of one
 * object a line.
 * @param open opens the bytes from the start; it is called twice
 * @param lines whether its name says that it is JSON Lines
 * @throws Problem `not_csv`, `empty_file`, `row_too_long`, `csv_too_large`, `too_many_columns`
 */
export async function writeJsonRows(open: Open, to: string, csvBytes: number, lines: boolean): Promise<void> {
  const head = await headOf(open);
  const records = lines || areLines(head) ? parseLines(textOf(open)) : parseArray(textOf(open));
  await writeRecords(to, records, new Allowance(csvBytes));
}

async function headOf(open: Open): Promise<string> {
  let head = '';
  for await (const text of textOf(open)) {
    head += text;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  const first = head.trimStart()[0];
  if (first !== undefined && first !== '[' && first !== '{') {
    throw notJson(1, 'It begins neither with [ nor with {. Upload an array of objects, one for each product.');
  }
  return head;
}

function textOf(open: Open): AsyncIterable<string> {
  return documentText(open(), (label) => notJson(1, `It says that it is in "${label}".`));
}

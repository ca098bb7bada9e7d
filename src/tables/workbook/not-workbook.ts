import { Problem } from '../../domain/problem.ts';
import type { XmlFaults } from '../read-xml.ts';

/** A workbook that cannot be read, and why. */
export function notWorkbook(why: string, cause?: unknown): Problem {
  const message = `The workbook cannot be read. ${why}`;
  return new Problem('not_csv', message, { issues: [{ line: 1, column: null, code: 'not_csv', message }], cause });
}

export function brokenWorkbook(cause?: unknown): Problem {
  return notWorkbook('It is damaged or incomplete. Open it, save it again as .xlsx or as CSV, and upload that.', cause);
}

/** How XML in a workbook is refused. */
export const WORKBOOK_XML: XmlFaults = { broken: brokenWorkbook, refused: notWorkbook };

import { fileProblem, type Problem } from '../../domain/problem.ts';
import type { XmlFaults } from '../read-xml.ts';

/** A workbook that cannot be read, and why. */
export function notWorkbook(why: string, cause?: unknown): Problem {
  return fileProblem('not_csv', { cause }, { why: `The workbook cannot be read. ${why}` });
}

export function brokenWorkbook(cause?: unknown): Problem {
  return notWorkbook('It is damaged or incomplete. Open it, save it again as .xlsx or as CSV, and upload that.', cause);
}

/** How XML in a workbook is refused. */
export const WORKBOOK_XML: XmlFaults = { broken: brokenWorkbook, refused: notWorkbook };

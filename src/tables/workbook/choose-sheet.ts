import { type CsvIssue, csvIssue } from '../../domain/csv-issue.ts';
import { Problem } from '../../domain/problem.ts';
import type { TableRow } from '../rows-file.ts';

/** A sheet as far as it is looked at before one is chosen. */
export interface SheetSample {
  name: string;
  hidden: boolean;
  /** Its first rows. */
  sample(): Promise<TableRow[]>;
}

/** Rows that are looked at of each sheet. */
export const SAMPLE_ROWS = 150;

const PICTURE_LINK = /https?:\/\/\S+\.(?:jpe?g|png|webp|gif|avif|hei[cf]|tiff?|bmp|svg|jxl)\b|^\s*data:image\//i;
const LINK = /^\s*(?:https?:\/\/|\/\/|www\.)\S/i;
/** How columns of images are called in the languages of shops. */
const IMAGE_NAME =
  /image|img|photo|picture|bild|foto|imagen|imagem|immagin|afbeelding|zdj[eę]c|фото|изображ|картин|görsel|resim|图|圖|画像|写真/i;

/**
 * The sheet that is read: the one that was asked for, else the first one that a person sees and that holds image links.
 * @param named its name, or its number from 1
 * @throws Problem `invalid_option` where there is no such sheet
 */
export async function chooseSheet<Sheet extends SheetSample>(sheets: Sheet[], named?: string): Promise<Sheet> {
  if (named !== undefined) return namedSheet(sheets, named);
  const shown = sheets.filter(({ hidden }) => !hidden);
  const candidates = shown.length > 0 ? shown : sheets;
  let [best] = candidates;
  let bestRank = 0;
  for (const sheet of candidates.length > 1 ? candidates : []) {
    const rank = rankOf(await sheet.sample());
    if (rank > bestRank) [best, bestRank] = [sheet, rank];
    if (rank === 3) break;
  }
  if (!best) throw new Error('a workbook has a sheet');
  return best;
}

function namedSheet<Sheet extends SheetSample>(sheets: Sheet[], named: string): Sheet {
  const wanted = named.trim().toLowerCase();
  const byName = sheets.find(({ name }) => name.trim().toLowerCase() === wanted);
  const found = byName ?? (/^#?\d+$/.test(wanted) ? sheets[Number(wanted.replace('#', '')) - 1] : undefined);
  if (found) return found;
  throw new Problem(
    'invalid_option',
    `"sheet" is "${named}", but the sheets are ${listed(sheets)}. Name one of them, or its number.`,
  );
}

/** 3: it holds image links; 2: links; 1: anything; 0: nothing. */
function rankOf(rows: TableRow[]): number {
  let rank = 0;
  const imageColumns = new Set<number>();
  for (const { cells } of rows) {
    for (const [column, cell] of cells.entries()) {
      const [text, link] = typeof cell === 'string' ? [cell, ''] : cell;
      if (text !== '') rank = Math.max(rank, 1);
      if (PICTURE_LINK.test(text) || PICTURE_LINK.test(link)) return 3;
      if (LINK.test(text) || link !== '') {
        if (imageColumns.has(column)) return 3;
        rank = 2;
      } else if (text.length <= 60 && IMAGE_NAME.test(text)) imageColumns.add(column);
    }
  }
  return rank;
}

/** Says which of several sheets was read. */
export function severalSheets(sheets: SheetSample[], chosen: SheetSample): CsvIssue[] {
  const others = sheets.filter((sheet) => sheet !== chosen && !sheet.hidden);
  if (others.length === 0) return [];
  const names = others.slice(0, 3).map(({ name }) => name);
  return [csvIssue('several_sheets', {}, { sheet: chosen.name, others: names, count: others.length })];
}

function listed(sheets: SheetSample[]): string {
  const names = sheets.slice(0, 3).map(({ name }) => `"${name}"`);
  return sheets.length > 3 ? `${names.join(', ')} and ${sheets.length - 3} more` : names.join(', ');
}

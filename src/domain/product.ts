import type { CsvIssue } from './csv-issue.ts';

/** Whose product export a file is. Only such a file may have rows without an image. */
export const SHOPS = ['shopify', 'woocommerce', 'google-merchant'] as const;
export type Shop = (typeof SHOPS)[number];

/** How the columns of an uploaded CSV or sheet were understood; stored with the request so that the result has the same shape. */
export interface CsvLayout {
  /** Of a workbook: the sheet that was read. */
  sheet?: string;
  /** Undefined: no shop's export was recognised. */
  shop?: Shop;
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Whether the upload began with a byte order mark: the result begins with one, too. */
  bom: boolean;
  delimiter: ',' | ';' | '\t' | '|';
  newline: '\n' | '\r\n' | '\r';
  header: string[];
  /** Indexes into `header`. Null: the rows are numbered, from 1. */
  serialColumn: number | null;
  /** Null: the serial number, or the file name of the first link, stands for the name. */
  nameColumn: number | null;
  /** One index, or several for a numbered family (`image_1` … `image_n`) and for some shops. */
  imageColumns: number[];
  /** Rows with the same cell here are one product, and take what they lack from the row above. */
  groupColumn?: number;
  /** Where the upload already has an `Output Image Urls` column: it is filled, not doubled. */
  outputColumn: number | null;
}

/** One usable row of the CSV. */
export interface Product {
  /** 0-based, over the usable rows. */
  row: number;
  /** The line of the file on which the row begins, from 1, the header included. */
  line: number;
  /** The row's number where the table has none. */
  serial: string;
  name: string;
  /** The row above that the name was taken from, where the row has none of its own. */
  nameRow?: number;
  /** The cells as uploaded, up to the last that is not empty; null in a single image column (rebuilt from `urls`). */
  cells: (string | null)[];
  /** The image links as written, trimmed, in order; none only in a shop's export. */
  urls: string[];
}

/** A row that was refused and left out (`on_error=skip`). */
export interface RejectedRow {
  line: number;
  cells: string[];
  issue: CsvIssue;
}

/** `serial_number` in answers: a JSON number where the cell is a plain integer that a number holds exactly, else the text. */
export function serialNumber(serial: string): number | string {
  return /^(0|-?[1-9]\d{0,14})$/.test(serial) ? Number(serial) : serial;
}

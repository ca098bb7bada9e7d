import type { CsvIssue } from './csv-issue.ts';

/** Whose product export a file is. Only such a file may have rows without an image. */
export const SHOPS = [
  'shopify',
  'woocommerce',
  'google-merchant',
  'magento',
  'prestashop',
  'wix',
  'squarespace',
  'ebay',
  'amazon',
  'bigcommerce',
] as const;
export type Shop = (typeof SHOPS)[number];

/** What a column of a table is read as. */
export const COLUMN_ROLES = ['serial_number', 'product_name', 'image', 'group', 'output'] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** How the columns of an uploaded CSV or sheet were understood; stored with the request so that the result has the same shape. */
export interface CsvLayout {
  /** Of a workbook: the sheet that was read. */
  sheet?: string;
  /** Undefined: no shop's export was recognised. */
  shop?: Shop;
  /** As the upload was read: a WHATWG label, such as `utf-8` or `windows-1252`. */
  encoding: string;
  /** Of the result, where it cannot be that of the upload. */
  resultEncoding?: 'utf-8';
  /** Whether the upload began with a byte order mark: the result begins with one, too. */
  bom: boolean;
  delimiter: string;
  newline: '\n' | '\r\n' | '\r';
  /** What stands above the header, as written: titles, comments, a `sep=` line. It comes back in the result. */
  preamble?: string;
  /** Line of the header, from 1; null where the table has none. Undefined in requests of older releases. */
  headerLine?: number | null;
  /** The header as written, without its line end. Undefined for a workbook, and in requests of older releases. */
  headerText?: string;
  /** The cells of products hold the text between two delimiters as it is written, quotes included; else its value. */
  written?: true;
  /** The names of the columns; where there is no header, those that the result gets. */
  header: string[];
  /** Indexes into `header`. Null: the rows are numbered, from 1. */
  serialColumn: number | null;
  /** Null: the serial number, or the file name of the first link, stands for the name. */
  nameColumn: number | null;
  /** In the order in which their links are read. */
  imageColumns: number[];
  /** Rows with the same cell here are one product, and take what they lack from the row above. */
  groupColumn?: number;
  /** The upload named `groupColumn` itself: products are counted by it, and rows without an image are no fault. */
  grouped?: true;
  /** What stands between the links of a cell, where the upload says so. */
  linkSeparator?: string;
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
  /**
   * The cells as uploaded, up to the last that is not empty; null in a single image column that holds nothing but the
   * `urls`, joined by commas.
   */
  cells: (string | null)[];
  /** The image links in order, repaired where they were wrong; none only in a shop's export, or where rows are grouped. */
  urls: string[];
  /** The group that the row belongs to, where there is a group column. */
  group?: string;
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

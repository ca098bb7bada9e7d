import type { NoteCode } from '../../../domain/catalogues/notes.ts';
import type { RejectedRow } from '../../../domain/product.ts';
import type { ImageRecord } from '../../../domain/request.ts';
import type { ProductRecord } from './records.ts';

/** Which products a page holds, and what of them. */
export interface ProductQuery {
  /** 0-based row to begin with. */
  from: number;
  limit?: number;
  /** Only products that have such images, with only these images. */
  status?: ImageRecord['status'] | undefined;
  /** Only products that have images with this note, with only these images. */
  note?: NoteCode | undefined;
  /** Also the rows without an image that a shop's export may have. */
  imageless?: boolean;
  /** False where no name is needed: names and serial numbers come empty. */
  names?: boolean;
  /** False where no cells are needed: they come empty. */
  cells?: boolean;
}

/** The rows of a request in the order of the file, page by page. */
export interface RowQueries {
  /**
   * A page is about a megabyte at most, so it often has fewer products than `limit`; it is empty only where none is left.
   */
  products(request: number, query: ProductQuery): Promise<ProductRecord[]>;
  /** A page of rows that were left out, as of products. */
  rejectedRows(request: number, query: { afterLine: number; limit?: number }): Promise<RejectedRow[]>;
}

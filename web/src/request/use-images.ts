import { useEffect, useRef, useState } from 'react';
import { PixmillError } from '../../../src/client/error.ts';
import type { Details, Image, Product, Status } from '../../../src/client/types.ts';
import { pixmill } from '../api/pixmill.ts';

/** One image with what its product is called. */
export interface ImageRow
  extends Pick<
    Image,
    | 'position'
    | 'input_url'
    | 'path'
    | 'output_url'
    | 'status'
    | 'outcome'
    | 'error'
    | 'format_in'
    | 'format_out'
    | 'width_in'
    | 'height_in'
    | 'width'
    | 'height'
    | 'bytes_in'
    | 'bytes_out'
    | 'attempts'
  > {
  /** Line and position: names the image in the address of the page. */
  key: string;
  serial: string;
  name: string;
}

/** What fills the screen is to be there at once. */
const FIRST_PAGE = 60;
const PAGE = 1000;
/** Reading everything again must never be what keeps the server busy. */
const PAUSE_FACTOR = 10;
const MIN_PAUSE_MS = 1500;

const rowsOf = (products: Product[]): ImageRow[] =>
  products.flatMap(({ line, serial_number, product_name, images }) =>
    images.map((image) => ({
      ...image,
      key: `${line}-${image.position}`,
      serial: String(serial_number),
      name: product_name,
    })),
  );

/** Drawing takes time from reading and from whoever scrolls. */
const SHOW_MS = 400;

const versionOf = (status: Pick<Status, 'status' | 'images_processed' | 'images_failed'>): string =>
  `${status.status} ${status.images_processed} ${status.images_failed}`;

/** Deleted, or never there: asking again brings nothing. */
const isGone = (error: unknown): boolean => error instanceof PixmillError && error.status === 404;

interface Reading {
  rows: ImageRow[];
  complete: boolean;
  /** Of the request when its first page was read: what came later may be missing. */
  version: string;
}

/** Reads all pages, handing over now and then what is there. */
async function readAll(id: string, signal: AbortSignal, show: (reading: Reading) => void): Promise<Reading> {
  let rows: ImageRow[] = [];
  let version = '';
  let shownAt = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next = cursor ? { limit: PAGE, cursor } : { limit: FIRST_PAGE };
    const page: Details = await pixmill.detailsPage(id, { ...next, signal });
    version ||= versionOf(page);
    rows = rows.concat(rowsOf(page.products));
    cursor = page.next_cursor;
    if (cursor !== null && Date.now() - shownAt > SHOW_MS) {
      show({ rows, complete: false, version });
      shownAt = Date.now();
    }
  }
  return { rows, complete: true, version };
}

/** All images of a request: the first ones at once, the others behind; read again when the status says there is news. */
export function useImages(id: string, status: Status | undefined) {
  const [reading, setReading] = useState<Reading>({ rows: [], complete: false, version: '' });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const nextAt = useRef(0);
  const gone = useRef<AbortController>(undefined);
  const { version } = reading;
  // Where nothing is read yet, there is no need to wait for the status.
  const isNews = version === '' || (status !== undefined && versionOf(status) !== version);
  const finished = Boolean(status?.finished_at);

  useEffect(() => {
    const controller = new AbortController();
    gone.current = controller;
    return () => controller.abort();
  }, []);

  useEffect(() => {
    if (!isNews || busy || isGone(error)) return;
    const signal = gone.current?.signal ?? AbortSignal.abort();
    const read = async () => {
      setBusy(true);
      const startedAt = Date.now();
      try {
        // The table must not shrink while somebody reads it: later readings replace it when they are whole.
        const show = (part: Reading) => setReading((shown) => (shown.complete ? shown : { ...part, version: 'part' }));
        setReading(await readAll(id, signal, show));
        setError(undefined);
      } catch (problem) {
        if (!signal.aborted) setError(problem);
      }
      nextAt.current = Date.now() + Math.max(MIN_PAUSE_MS, (Date.now() - startedAt) * PAUSE_FACTOR);
      setBusy(false);
    };
    const pause = nextAt.current - Date.now();
    const timer = setTimeout(read, Math.max(0, finished ? Math.min(pause, MIN_PAUSE_MS) : pause));
    return () => clearTimeout(timer);
  }, [id, isNews, busy, finished, error]);

  return { rows: reading.rows, complete: reading.complete, error };
}

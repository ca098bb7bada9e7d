/** How much of anything one client may ask for. Sizes in bytes, times in milliseconds. */
export interface Limits {
  csvBytes: number;
  columns: number;
  /** For unpacking and reading one table, all waiting for others aside. */
  tableMs: number;
  /** Memory of the thread that reads a table. */
  tableBytes: number;
  /** Bytes that may be stored of a table for each byte of it. */
  storedPerByte: number;
  imagesPerRequest: number;
  urlsPerProduct: number;
  /** Characters. */
  urlLength: number;
  imageBytes: number;
  /** Until a name server has answered for the host of a link. */
  lookupMs: number;
  /** From the start of a download to the first byte of the answer. */
  firstByteMs: number;
  downloadMs: number;
  redirects: number;
  /** Over all frames of an animation. */
  pixels: number;
  frames: number;
  /** Decoding, transforming and encoding one image. */
  decodeMs: number;
  /** Resident memory of one decoder process. */
  decoderBytes: number;
  /** Tries in all for one image. */
  tries: number;
  /** Images that wait, above which uploads are put off. */
  backlog: number;
  /** Images of one key in a day; 0: any number. */
  imagesPerDay: number;
  /** Unfinished requests of one key; 0: any number. */
  openRequests: number;
  /** Long answers that one customer reads at once. */
  archivesAtOnce: number;
  eventStreamsAtOnce: number;
  tablesAtOnce: number;
  /** Bytes a second of an upload, over its whole time. */
  uploadRate: number;
}

export const DEFAULT_LIMITS: Limits = {
  csvBytes: 100_000_000,
  columns: 1_000,
  tableMs: 120_000,
  tableBytes: 400_000_000,
  storedPerByte: 4,
  imagesPerRequest: 1_000_000,
  urlsPerProduct: 50,
  urlLength: 2_048,
  imageBytes: 20_000_000,
  lookupMs: 5_000,
  firstByteMs: 10_000,
  downloadMs: 35_000,
  redirects: 5,
  pixels: 50_000_000,
  frames: 1_000,
  decodeMs: 20_000,
  decoderBytes: 1_000_000_000,
  tries: 3,
  backlog: 10_000_000,
  imagesPerDay: 0,
  openRequests: 0,
  archivesAtOnce: 10,
  eventStreamsAtOnce: 100,
  tablesAtOnce: 50,
  uploadRate: 1_000,
};

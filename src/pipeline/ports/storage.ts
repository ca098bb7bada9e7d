import type { Readable } from 'node:stream';

interface StoredImage {
  /** Bytes of the whole image. */
  size: number;
  modifiedAt: Date;
  /** Opens the bytes `start` to `end`, both included; all where left out. */
  read(range?: { start: number; end: number }): Promise<Readable>;
}

/** @throws Unavailable, DiskFull, from every member */
export interface ImageStorage {
  /** Moves the file into the storage; durable and whole, or not there at all. Doing it twice changes nothing. */
  put(key: string, file: string): Promise<void>;
  /** Undefined where there is no such image, or the key is none that we made. */
  find(key: string): Promise<StoredImage | undefined>;
  /** The keys of everything that is stored, page by page. What comes or goes meanwhile may be among them, or not. */
  list(): AsyncIterable<string[]>;
  /** Keys that are not there are no error. */
  remove(keys: string[]): Promise<void>;
  /**
   * An address at which the storage itself hands an image out, without asking anybody, between two times (milliseconds
   * since 1970, at most 7 days apart). Only where the storage is a server.
   */
  presign?(key: string, method: 'GET' | 'HEAD', from: number, until: number): Promise<string>;
  /** Throws where the storage cannot be reached or written. */
  ping(): Promise<void>;
  /** Gives up its connections; nothing may be asked of it afterwards. */
  close(): void;
}

import { readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Problem } from '../../domain/problem.ts';
import { readXml } from '../read-xml.ts';
import { textOf } from './cell-text.ts';
import { brokenWorkbook, notWorkbook, WORKBOOK_XML } from './not-workbook.ts';

/** A sheet of Excel has a million rows; four bytes of memory each. */
const MOST = 5_000_000;
/** A cell of Excel holds 32,767. */
const TEXT_CHARACTERS = 200_000;
/** Written at once. */
const WRITE_BYTES = 65_536;
/** Cells mostly refer to texts in the order in which these were first used: one read serves many. */
const WINDOW_BYTES = 16_384;
/** Texts that many rows share, such as a vendor, are kept at hand where they are short. */
const AT_HAND = 4_096;
const SHORT_BYTES = 500;

/**
 * The texts of a workbook that its cells refer to by number (ECMA-376 part 1, 18.4.9). They lie in a file, as they may
 * be as large as the sheet itself; in memory is only where each one ends.
 */
export class SharedTexts {
  readonly #file: FileHandle;
  #ends = new Uint32Array(1_024);
  #count = 0;
  #bytes = 0;
  #written = 0;
  #unwritten: Buffer[] = [];
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;
  readonly #atHand = new Map<number, string>();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * @param bytes the part of the workbook; undefined: there are no shared texts
   * @param path of a new file for them, which is gone when `close` is done
   * @throws Problem `not_csv`, `csv_too_large`
   */
  static async read(bytes: AsyncIterable<Uint8Array> | undefined, path: string): Promise<SharedTexts> {
    const file = await open(path, 'wx+', 0o600);
    // From here on it has no name, and goes with the process at the latest.
    await rm(path);
    const texts = new SharedTexts(file);
    try {
      if (bytes) await texts.#fill(bytes);
      return texts;
    } catch (error) {
      await texts.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** @throws Problem `not_csv` where there is no such text */
  at(index: number): string {
    if (!(index >= 0 && index < this.#count)) throw brokenWorkbook();
    const known = this.#atHand.get(index);
    if (known !== undefined) return known;
    const start = this.#ends[index - 1] ?? 0;
    const end = this.#ends[index] ?? 0;
    const text = this.#slice(start, end);
    if (end - start <= SHORT_BYTES) {
      if (this.#atHand.size === AT_HAND) this.#atHand.clear();
      this.#atHand.set(index, text);
    }
    return text;
  }

  async #fill(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    let text = '';
    let inText = false;
    // How a word is to be spoken stands beside some texts (18.4.6); it is not shown.
    let spoken = false;
    const handler = {
      open: (name: string) => {
        if (name === 'si') text = '';
        else if (name === 'rPh') spoken = true;
        else if (name === 't') inText = !spoken;
      },
      text: (piece: string) => {
        if (!inText) return;
        text += piece;
        if (text.length > TEXT_CHARACTERS) throw textTooLong();
      },
      close: (name: string) => {
        if (name === 'si') this.#add(textOf(text));
        else if (name === 'rPh') spoken = false;
        else if (name === 't') inText = false;
      },
    };
    for await (const _ of readXml(bytes, handler, WORKBOOK_XML)) {
      if (this.#bytes - this.#written >= WRITE_BYTES) await this.#write();
    }
    await this.#write();
  }

  #add(text: string): void {
    if (this.#count === MOST) {
      throw new Problem('csv_too_large', `The workbook holds more than ${MOST} texts. Split it and upload the parts.`);
    }
    if (this.#count === this.#ends.length) {
      const longer = new Uint32Array(this.#count * 2);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    const bytes = Buffer.from(text);
    this.#bytes += bytes.length;
    this.#ends[this.#count++] = this.#bytes;
    if (bytes.length > 0) this.#unwritten.push(bytes);
  }

  async #write(): Promise<void> {
    const bytes = Buffer.concat(this.#unwritten);
    this.#unwritten = [];
    this.#written += bytes.length;
    for (let from = 0; from < bytes.length; ) from += (await this.#file.write(bytes, from)).bytesWritten;
  }

  #slice(start: number, end: number): string {
    if (end - start > WINDOW_BYTES) {
      const long = Buffer.alloc(end - start);
      this.#readInto(long, start);
      return long.toString();
    }
    if (start < this.#windowStart || end > this.#windowEnd) {
      this.#windowStart = start;
      this.#windowEnd = start + this.#readInto(this.#window, start);
    }
    return this.#window.toString('utf8', start - this.#windowStart, end - this.#windowStart);
  }

  /** Without waiting: the file was just written, so the bytes come from the memory of the system, a few at a time. */
  #readInto(buffer: Buffer, position: number): number {
    return readSync(this.#file.fd, buffer, 0, buffer.length, position);
  }
}

function textTooLong(): Problem {
  return notWorkbook(`It holds a text of more than ${TEXT_CHARACTERS} characters.`);
}

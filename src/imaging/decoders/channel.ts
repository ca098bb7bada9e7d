import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The descriptor over which a decoder process talks with its parent. */
export const CHANNEL = 3;

/** What a decoder process says first, when it can take images. */
export interface Ready {
  /** Why it still has the rights of root; null where it has not. */
  stillRoot: string | null;
}

/** Characters of one line; an answer about an image with all its renditions has a few thousand. */
const LONGEST_LINE = 64_000;

/**
 * Reads JSON, one value a line, from a process that may have been taken over.
 * @param onValue gets each value as it was parsed: any JSON at all
 * @param onBroken called once where a line is too long or no JSON; nothing is read afterwards
 */
export function readLines(
  source: Readable,
  onValue: (value: unknown) => void,
  onBroken: (reason: string) => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const broken = (reason: string) => {
    source.off('data', read);
    rest = '';
    onBroken(reason);
  };
  function read(bytes: Buffer): void {
    rest += decoder.write(bytes);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      const value = line.length > LONGEST_LINE ? undefined : parsed(line);
      if (value === undefined) {
        broken(`a line of ${line.length} characters is no message`);
        return;
      }
      onValue(value);
    }
    // Before it ends: a line without an end would fill the memory.
    if (rest.length > LONGEST_LINE) broken(`a line is longer than ${LONGEST_LINE} characters`);
  }
  source.on('data', read);
}

/** Undefined where it is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A value as `readLines` reads it. */
export const asLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Encodings that tables come in beside UTF-8 and UTF-16, by the names that the library gives them and its next of kin. */
const KNOWN: Record<string, string> = {
  'windows-1252': 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'iso8859-15': 'windows-1252',
  'windows-1250': 'windows-1250',
  'iso-8859-2': 'windows-1250',
  'iso8859-16': 'windows-1250',
  'windows-1251': 'windows-1251',
  'iso-8859-5': 'windows-1251',
  maccyrillic: 'windows-1251',
  'windows-1253': 'windows-1253',
  'iso-8859-7': 'windows-1253',
  'windows-1254': 'windows-1254',
  'iso-8859-9': 'windows-1254',
  shift_jis: 'shift_jis',
  cp932: 'shift_jis',
  'euc-jp': 'euc-jp',
  gb18030: 'gbk',
  gb2312: 'gbk',
  gbk: 'gbk',
  big5: 'big5',
  'euc-kr': 'euc-kr',
  cp949: 'euc-kr',
};

/** What a file in no Unicode encoding mostly is, so that a better guess has to be clearly better. */
const USUAL = 'windows-1252';
const CLEARLY = 1.3;
/** The most that is looked at: more makes the guess no better, and takes time. */
export const GUESSED_BYTES = 4_096;

export interface EncodingGuess {
  /** A WHATWG label. */
  encoding: string;
  /** Per cent, as sure as one can be of a text as short as this. */
  sure: number;
}

/**
 * The encoding of a text that is not UTF-8.
 * @param bytes the parts of the text that are not ASCII, whole words
 */
export async function guessEncoding(bytes: Uint8Array): Promise<EncodingGuess> {
  // 7 MB of tables, which only such files need.
  const { detectAll } = await import('jschardet');
  const sample = Buffer.from(bytes.subarray(0, GUESSED_BYTES));
  // Curly quotes, dashes and the sign of the euro, which are no letters, stand in English texts, too.
  if (!/(?=[^\0-\x7f])\p{L}/u.test(decode(sample, USUAL) ?? '')) return { encoding: USUAL, sure: 80 };
  const scores = new Map<string, number>();
  for (const { encoding, confidence } of detectAll(sample)) {
    const label = KNOWN[encoding?.toLowerCase() ?? ''];
    if (label === undefined || scores.has(label)) continue;
    if (isPlausible(decode(sample, label), label)) scores.set(label, confidence);
  }
  const ranking = [...scores].sort(([, a], [, b]) => b - a);
  const [best, second] = ranking;
  const usual = scores.get(USUAL) ?? 0;
  if (!best || (usual > 0 && best[1] < usual * CLEARLY)) return { encoding: USUAL, sure: 50 };
  const rival = second?.[1] ?? 0;
  return { encoding: best[0], sure: Math.min(99, Math.round((100 * best[1]) / (best[1] + rival))) };
}

/** @returns undefined where the bytes are none in that encoding; what the end of the sample cut off does not count */
function decode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** No control characters of old terminals, no Korean without its letters, no words of letters from two alphabets. */
function isPlausible(text: string | undefined, label: string): boolean {
  if (text === undefined || /[\u0080-\u009f\ue000-\uf8ff]/.test(text)) return false;
  if (label === 'euc-kr') {
    const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
    return han * 4 <= (text.match(/\p{Script=Hangul}/gu)?.length ?? 0);
  }
  if (label !== 'windows-1251' && label !== 'windows-1253') return true;
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const mixed = words.filter((word) => /\p{Script=Latin}/u.test(word) && /[^\p{Script=Latin}]/u.test(word));
  return mixed.length <= words.length / 4;
}

import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

/** In any spelling of a link, at any depth of an error: what stands behind `?` is often a signature, before `@` a password. */
const QUERY = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>?#\\]*)[?#][^\s"'<>\\]*|\?[^\s"'\\=?]+=[^\s"'\\]*/gi;
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'/?#\\]*@/gi;

/** A line without what opens doors. Whole lines, because errors of libraries carry links where nobody expects them. */
export function withoutSecrets(line: string): string {
  return line.replace(USER_INFO, '$1…@').replace(QUERY, '$1?…');
}

/** The log, on standard error: lines of JSON for programs, lines for people where somebody looks at a terminal. */
export function openLog(level: string): Logger {
  const out = process.stderr.isTTY ? pretty({ destination: 2, ignore: 'pid,hostname,reqId' }) : pino.destination(2);
  return pino({ level, hooks: { streamWrite: withoutSecrets } }, out);
}

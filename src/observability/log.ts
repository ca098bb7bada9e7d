import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

/** Behind the `?` of a link, however it begins: often a signature. Both patterns look at each character once. */
const QUERY = /\?[^\s"\\,);][^\s"\\]*/g;
/** Before the `@` of a link: a name and a password. */
const USER_INFO = /:\/\/[^\s"'/?#\\]*@/g;

/** A line without what opens doors. Whole lines, because errors of libraries carry links where nobody expects them. */
export function withoutSecrets(line: string): string {
  return line.replace(USER_INFO, '://…@').replace(QUERY, '?…');
}

/** The log, on standard error: lines of JSON for programs, lines for people where somebody looks at a terminal. */
export function openLog(level: string): Logger {
  const out = process.stderr.isTTY ? pretty({ destination: 2, ignore: 'pid,hostname,reqId' }) : pino.destination(2);
  return pino({ level, hooks: { streamWrite: withoutSecrets } }, out);
}

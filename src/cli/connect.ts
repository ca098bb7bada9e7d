import { Pixmill, PixmillError } from '../client/index.ts';
import { environment } from '../runtime/config/config.ts';
import { CommandFailure } from './terminal.ts';

/** Options of every command that calls a server. */
export const SERVER_OPTION = ['--server <url>', 'its address', 'http://127.0.0.1:8080'] as const;
export const KEY_OPTION = [
  '--key <key>',
  'where the server wants one; PIXMILL_API_KEY keeps it out of the list of processes',
] as const;

export interface ServerOptions {
  server: string;
  key?: string;
}

/** @throws CommandFailure where the address is none */
export function connect({ server, key }: ServerOptions): Pixmill {
  try {
    return new Pixmill({ url: server, key: key ?? (environment().PIXMILL_API_KEY?.trim() || undefined) });
  } catch (cause) {
    throw new CommandFailure(`--server ${(cause as Error).message}`);
  }
}

/** With what can be done about it here. */
export function asFailure(error: unknown): unknown {
  if (!(error instanceof PixmillError)) return error;
  if (error.code === 'unauthorized') {
    return new CommandFailure('The server wants a key, or does not know this one. Set PIXMILL_API_KEY, or use --key.');
  }
  if (error.code !== 'unreachable') return error;
  const { cause } = error.cause as { cause?: { code?: string } };
  const reason = cause?.code ? ` (${cause.code})` : '';
  return new CommandFailure(`${error.message}${reason} Start one with "pixmill start", or name another by --server.`);
}

import type { FailureCode } from '../domain/catalogues/failures.ts';
import { ImageFailure } from '../domain/failure.ts';

const CODES: [RegExp, FailureCode][] = [
  [/^(ENOTFOUND|EAI_|ENODATA|EBADNAME)/, 'dns_failed'],
  [/TIMEOUT|ETIMEDOUT/, 'timed_out'],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|CRL_)/, 'tls_failed'],
  [
    /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES|UND_ERR_INVALID|UND_ERR_REQ|ERR_INVALID|Z_|ZSTD_|ERR__ERROR_FORMAT)/,
    'bad_response',
  ],
  [/^ERR_IP_BLOCKED/, 'address_refused'],
];

/** No room, no permission or no folder on our own disk, which is not the image's fault. */
const OWN_DISK = /^(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|EMFILE|ENFILE|EIO|ENOENT|ENOTDIR|EEXIST|ELOOP|ESTALE)$/;

/** What an error of the network, or of the file that is written from it, means for the image. */
export function networkFailure(error: unknown): ImageFailure {
  if (error instanceof ImageFailure) return error;
  const cause = error;
  const code = codeOf(error);
  if (OWN_DISK.test(code)) return new ImageFailure('storage_failed', { cause });
  const known = CODES.find(([pattern]) => pattern.test(code))?.[1];
  return new ImageFailure(known ?? 'connect_failed', { cause });
}

/** The code of an error, or the first one inside it: several addresses that failed come as one error. */
function codeOf(error: unknown): string {
  const { name, code, errors, cause } = error as Error & { code?: unknown; errors?: unknown[] };
  const own = typeof code === 'string' ? code : name === 'HTTPParserError' ? 'HPE_' : '';
  if (own !== '' && own !== 'UND_ERR_SOCKET') return own;
  const inner = errors?.[0] ?? cause;
  return inner === undefined || inner === null ? own : codeOf(inner) || own;
}

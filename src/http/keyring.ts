import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The keys of a server, and who is behind each. */
export interface Keyring {
  /** Where it is empty, everybody may use the server. */
  isEmpty: boolean;
  /** @returns the owner of the key in `Authorization: Bearer` or `X-API-Key`; undefined for a wrong one, null for none */
  ownerByHeaders(headers: IncomingHttpHeaders): string | undefined | null;
  ownerBySession(token: string): string | undefined;
  /** @returns a token that stands for the key without being one; undefined for a wrong key */
  openSession(key: string): string | undefined;
}

export function createKeyring(keys: string[]): Keyring {
  const known = keys.map((key) => ({ key, digest: digest(key), owner: digest(key).toString('hex').slice(0, 32) }));

  /** All keys are compared, and as digests of one length: the time tells nothing about any of them. */
  function find(given: string) {
    const wanted = digest(given);
    return known.filter((one) => timingSafeEqual(one.digest, wanted))[0];
  }

  return {
    isEmpty: keys.length === 0,
    ownerByHeaders({ authorization = '', 'x-api-key': header }) {
      const given = /^Bearer (.+)$/i.exec(authorization)?.[1] ?? header;
      return typeof given === 'string' ? find(given)?.owner : null;
    },
    ownerBySession: (given) => known.find(({ key }) => isSame(sessionToken(key), given))?.owner,
    openSession(key) {
      const found = find(key);
      return found && sessionToken(found.key);
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Computed from the key, so that a key that is taken out of the configuration ends its sessions. */
function sessionToken(key: string): string {
  return createHmac('sha256', key).update('pixmill session').digest('base64url');
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

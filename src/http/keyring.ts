import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { customerOf } from '../domain/customer.ts';

/** A key, and whose requests it opens. */
export interface KnownKey {
  key: string;
  owner: string;
}

export interface Keys {
  /** None: everybody may use the server. */
  apiKeys: KnownKey[];
  /** For metrics, and for the usage of all customers. */
  operatorKeys: string[];
}

/** Somebody whose key was right. */
export interface Caller {
  /** Whose requests it may see; undefined for an operator, who sees none. */
  owner: string | undefined;
  mayReadMetrics: boolean;
}

/** What a browser holds instead of a key. */
interface Session {
  id: string;
  /** Milliseconds since 1970. */
  endsAt: number;
  caller: Caller;
}

/** The keys of a server, and who is behind each. */
export interface Keyring {
  /** Where it is empty, everybody may use the server. */
  isEmpty: boolean;
  /** Whoever comes where it is empty. */
  anybody: Caller;
  /** @returns who has the key in `Authorization: Bearer` or `X-API-Key`; undefined for a wrong one, null for none */
  callerByHeaders(headers: IncomingHttpHeaders): Caller | undefined | null;
  /** @returns the session that a token opens; undefined for one that is over, or none of ours */
  session(token: string, now: number): Session | undefined;
  /** @returns a token that stands for the key until then, without being one; undefined for a wrong key */
  openSession(key: string, endsAt: number): string | undefined;
}

export function createKeyring({ apiKeys, operatorKeys }: Keys): Keyring {
  // Where nobody else is named for them, whoever sees all of a machine that is shared by nobody may see its metrics.
  const forAll = operatorKeys.length === 0;
  const known: { key: string; digest: Buffer; caller: Caller }[] = [
    ...apiKeys.map(({ key, owner }) => ({
      key,
      digest: digest(key),
      caller: { owner, mayReadMetrics: forAll && customerOf(owner) === undefined },
    })),
    ...operatorKeys.map((key) => ({
      key,
      digest: digest(key),
      caller: { owner: undefined, mayReadMetrics: true },
    })),
  ];

  /** All keys are compared, and as digests of one length: the time tells nothing about any of them. */
  function find(given: string) {
    const wanted = digest(given);
    return known.filter((one) => timingSafeEqual(one.digest, wanted))[0];
  }

  return {
    isEmpty: apiKeys.length === 0,
    anybody: { owner: '', mayReadMetrics: forAll },
    callerByHeaders({ authorization = '', 'x-api-key': header }) {
      const given = /^Bearer (.+)$/i.exec(authorization)?.[1] ?? header;
      return typeof given === 'string' ? find(given)?.caller : null;
    },
    session(token, now) {
      const [id = '', end = '', signature = ''] = token.split('.');
      const found = known.filter(({ key }) => isSame(sign(key, id, end), signature))[0];
      return found && Number(end) > now ? { id, endsAt: Number(end), caller: found.caller } : undefined;
    },
    openSession(key, endsAt) {
      const found = find(key);
      const id = randomBytes(12).toString('base64url');
      return found && `${id}.${endsAt}.${sign(found.key, id, String(endsAt))}`;
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Made with the key, so that a key that is taken out of the configuration ends its sessions. */
function sign(key: string, id: string, end: string): string {
  return createHmac('sha256', key).update(`pixmill session ${id}.${end}`).digest('base64url');
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

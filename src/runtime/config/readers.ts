import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { DEFAULT_LIMITS, type Limits } from '../../domain/limits.ts';
import { readSwitch } from '../../domain/switch.ts';
import { parseAllowed } from '../../outbound/public-address.ts';
import { NO_SOURCES, parseSources, type Sources } from '../../outbound/sources.ts';
import { parseS3Address } from '../../storage/s3-address.ts';

/** Reads one variable; throws an Error whose message completes the sentence "VARIABLE …". */
export type Reader<T> = (text: string) => T;

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new Error(
      most === Number.MAX_SAFE_INTEGER
        ? `must be a whole number of at least ${least}`
        : `must be a whole number from ${least} to ${most}`,
    );
  };
}

export function oneOf<T extends string>(choices: readonly T[]): Reader<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

/** `on` or `off`; other spellings of earlier releases are taken as well. */
export const onOff: Reader<boolean> = (value) => {
  const state = readSwitch(value);
  if (state === undefined) throw new Error('must be on or off');
  return state;
};

export function optional<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === '' ? null : read(value));
}

/** As Fastify takes it: how many proxies are believed, or which; false: none. */
export type TrustedProxies = false | number | string[];

/** Never all: a client could put any address at the beginning of `X-Forwarded-For`. */
export const trustedProxies: Reader<TrustedProxies> = (value) => {
  if (/^\d+$/.test(value)) return whole(0, 100)(value) || false;
  const state = readSwitch(value);
  if (state !== undefined) return state ? 1 : false;
  const entries = list(value);
  if (entries.every((entry) => isIP(entry) !== 0 || ipaddr.isValidCIDR(entry))) return entries;
  throw new Error('must be on, off, a number of proxies, or a comma list of addresses and CIDRs');
};

export const text: Reader<string> = (value) => value;
export const seconds: Reader<number> = (value) => whole(1, 86_400)(value) * 1_000;

/** Hours or days, in milliseconds. A week is what S3 allows for signed addresses, and enough to fetch a result. */
export const linkLife: Reader<number> = (value) => {
  const [, number = '', unit = 'd'] = /^(\d{1,3})([hd])?$/.exec(value) ?? [];
  const hours = Number(number) * (unit === 'd' ? 24 : 1);
  if (hours >= 1 && hours <= 168) return hours * 3_600_000;
  throw new Error('must be hours or days such as 12h or 7d, 7 days at most');
};

export const webAddress: Reader<string> = (value) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must be an http or https address');
  if (url.search || url.hash) throw new Error('must have no query and no fragment');
  return value.replace(/\/+$/, '');
};

export const addresses: Reader<string[]> = (value) => {
  const entries = value.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter(Boolean)) parseAllowed(entry);
  return entries.filter(Boolean);
};

/** The file that PIXMILL_SOURCES names. */
export const sourcesFile: Reader<Sources> = (path) => {
  if (path === '') return NO_SOURCES;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`must name a file that can be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return parseSources(text);
};

export const list = (value: string) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

export const origins: Reader<string[]> = (value) => {
  const all = list(value);
  if (all.some((origin) => URL.parse(origin)?.origin !== origin))
    throw new Error('must hold origins such as https://shop.example');
  return all;
};

export const secret: Reader<string> = (value) => {
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(value))
    throw new Error('must be whsec_ and at least 24 bytes in base64');
  return value;
};

export const databaseUrl: Reader<string> = (value) => {
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error('must be postgres://user:password@host:port/database');
  return value;
};

export const storageUrl = parseS3Address;

export interface Variable<T> {
  /** What the variable means, as in docs/configuration.md. */
  meaning: string;
  /** The text that stands for "not set". */
  preset: string;
  read: Reader<T>;
}

export function variable<T>(preset: string, meaning: string, read: Reader<T>): Variable<T> {
  return { preset, meaning, read };
}

export function limit(name: keyof Limits, meaning: string, read: Reader<number> = whole(1)): Variable<number> {
  const preset = read === seconds ? DEFAULT_LIMITS[name] / 1_000 : DEFAULT_LIMITS[name];
  return variable(String(preset), meaning, read);
}

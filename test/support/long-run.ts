/**
 * Whether this is `npm run test:long`, where exploits, kills and soaks run in full. `npm test` runs a quick one of each kind,
 * so that all of it takes minutes, and names what it leaves out as skipped.
 */
export const LONG_RUN = process.env.PIXMILL_TEST_LONG === '1';

/** For tests that only the long run has: the reason to skip them. */
export const onlyInLongRun: string | false = LONG_RUN ? false : 'npm run test:long runs it';

/** How often something is repeated. @example for (const link of links.slice(0, times(3, 40))) */
export const times = (quick: number, long: number): number => (LONG_RUN ? long : quick);

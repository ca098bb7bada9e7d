/**
 * Milliseconds since 1970 as they were at start, then counted on: a jump of the wall clock (a person, NTP, a machine
 * that was asleep) neither brings pauses to an early end nor makes them last for hours.
 */
export function steadyClock(): () => number {
  const start = Date.now() - performance.now();
  return () => Math.round(start + performance.now());
}

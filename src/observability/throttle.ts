/** Says yes at most once in so many milliseconds: for what would otherwise fill the log with one and the same line. */
export function throttle(ms: number): () => boolean {
  let next = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + ms;
    return true;
  };
}

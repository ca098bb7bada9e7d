/** What waits for a decoder, of all customers. */
export interface WaitingImages<Image extends { customer: string }> {
  add(image: Image): void;
  /**
   * Takes the next image out: of the customer with the fewest images in decoders, among equals of the one that was served
   * longest ago, and of one customer in the order in which they came.
   */
  next(): Image | undefined;
  /** An image that was taken out has left its decoder. */
  left(image: Image): void;
  /** Takes all out. */
  clear(): Image[];
  readonly size: number;
}

/** A customer that has sent no image in this time has none. */
const PRESENT_MS = 600_000;

/**
 * Shares decoders among customers. Where there are several, none ever has the last one: an image may take as long as the time
 * limit allows, and another customer's would wait for it.
 * @param places decoders in all
 */
export function createWaitingImages<Image extends { customer: string }>(
  places: number,
  now: () => number = () => performance.now(),
): WaitingImages<Image> {
  const waiting = new Map<string, Image[]>();
  const decoding = new Map<string, number>();
  /** When each was served last, as a number that counts up. */
  const served = new Map<string, number>();
  const seen = new Map<string, number>();
  let size = 0;
  let turn = 0;

  function mostOfOne(): number {
    for (const [customer, at] of seen) {
      if (now() - at <= PRESENT_MS || waiting.has(customer) || decoding.has(customer)) continue;
      seen.delete(customer);
      served.delete(customer);
    }
    return seen.size > 1 ? Math.max(places - 1, 1) : places;
  }

  return {
    add(image) {
      const { customer } = image;
      seen.set(customer, now());
      const line = waiting.get(customer);
      if (line) line.push(image);
      else waiting.set(customer, [image]);
      size++;
    },

    next() {
      const most = mostOfOne();
      const has = (customer: string) => decoding.get(customer) ?? 0;
      const [customer] = [...waiting.keys()]
        .filter((one) => has(one) < most)
        .sort((a, b) => has(a) - has(b) || (served.get(a) ?? 0) - (served.get(b) ?? 0));
      if (customer === undefined) return undefined;
      const line = waiting.get(customer) ?? [];
      const image = line.shift();
      if (line.length === 0) waiting.delete(customer);
      decoding.set(customer, has(customer) + 1);
      served.set(customer, ++turn);
      size--;
      return image;
    },

    left({ customer }) {
      const left = (decoding.get(customer) ?? 1) - 1;
      if (left === 0) decoding.delete(customer);
      else decoding.set(customer, left);
    },

    clear() {
      const all = [...waiting.values()].flat();
      waiting.clear();
      size = 0;
      return all;
    },

    get size() {
      return size;
    },
  };
}

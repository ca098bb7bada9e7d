/** Times, counts, codes and ids; never a query string, a key or a whole link. Undefined ones are left out. */
export type Attributes = Record<string, string | number | boolean | undefined>;

/** A piece of work with a beginning and an end, and the pieces that it is made of. */
export interface Span {
  /** Begins a piece of it. */
  child(name: string, attributes: Attributes): Span;
  add(attributes: Attributes): void;
  /** It did not end well, for a reason in one word, or for an error whose code or name is that word. */
  failed(reason: unknown): void;
  /** Its names, for a line of the log; none where spans are not wanted. */
  ids(): { trace_id?: string; span_id?: string };
  end(): void;
}

/** An HTTP request, from its first byte to its last. */
interface RequestSpan extends Span {
  /** Goes on inside the span. */
  enter(next: () => void): void;
}

/** Where the time of one upload goes, across requests and processes: a tree of spans. */
export interface Tracing {
  /** Begins a tree of its own, for work that nobody waits for. */
  root(name: string, attributes: Attributes): Span;
  /** Begins a piece of the HTTP request that is being answered. */
  inRequest(name: string, attributes: Attributes): Span;
  /** @param headers may say whose request it is part of (W3C Trace Context) */
  request(name: string, attributes: Attributes, headers: Record<string, string | string[] | undefined>): RequestSpan;
  /** Sends what is left; what nobody takes in time is dropped. */
  stop(): Promise<void>;
}

const NO_SPAN: RequestSpan = {
  child: () => NO_SPAN,
  add: () => undefined,
  failed: () => undefined,
  ids: () => ({}),
  enter: (next) => next(),
  end: () => undefined,
};

/** Where nobody wants spans. */
export const NO_TRACING: Tracing = {
  root: () => NO_SPAN,
  inRequest: () => NO_SPAN,
  request: () => NO_SPAN,
  stop: async () => undefined,
};

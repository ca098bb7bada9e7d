/** Times, counts, codes and ids; never a query string, a key or a whole link. Undefined ones are left out. */
export type Attributes = Record<string, string | number | boolean | undefined>;

export interface Span {
  add(attributes: Attributes): void;
  /** It did not end well, for a reason in one word. */
  failed(reason: string): void;
}

/** An HTTP request, from its first byte to its last. */
interface RequestSpan extends Span {
  /** Goes on inside the span. */
  enter(next: () => void): void;
  end(): void;
}

/** Where the time of one upload goes, across requests and processes: a tree of spans. */
export interface Tracing {
  /** Runs `work` as a span below the present one; what it throws is the span's failure. */
  span<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** The same for what belongs to nobody who waits for it: the first span of a tree of its own. */
  root<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** @param headers may say whose request it is part of (W3C Trace Context) */
  request(name: string, attributes: Attributes, headers: Record<string, string | string[] | undefined>): RequestSpan;
  /** Names of the present span, for a line of the log; none where there is no span. */
  ids(): { trace_id?: string; span_id?: string };
  /** Sends what is left; what nobody takes in time is dropped. */
  stop(): Promise<void>;
}

const NO_SPAN: RequestSpan = {
  add: () => undefined,
  failed: () => undefined,
  enter: (next) => next(),
  end: () => undefined,
};

/** Where nobody wants spans. */
export const NO_TRACING: Tracing = {
  span: (_name, _attributes, work) => work(NO_SPAN),
  root: (_name, _attributes, work) => work(NO_SPAN),
  request: () => NO_SPAN,
  ids: () => ({}),
  stop: async () => undefined,
};

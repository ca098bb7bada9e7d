/** Times, counts, codes and ids; never a query string, a key or a whole link. Undefined ones are left out. */
export type Attributes = Record<string, string | number | boolean | undefined>;

export interface Span {
  add(attributes: Attributes): void;
  /** It did not end well, for a reason in one word. */
  failed(reason: string): void;
}

/** A call that came in, from its first byte to its last. */
interface CallSpan extends Span {
  /** Goes on inside the span. */
  enter(next: () => void): void;
  end(): void;
}

/** Where the time of one upload goes, across calls and processes: a tree of spans. */
export interface Tracing {
  /** Runs `work` as a span below the present one; what it throws is the span's failure. */
  span<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** The same for what belongs to nobody who waits for it: the first span of a tree of its own. */
  root<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** @param headers may say whose call it is part of (W3C Trace Context) */
  call(name: string, attributes: Attributes, headers: Record<string, string | string[] | undefined>): CallSpan;
  /** Names of the present span, for a line of the log; none where there is no span. */
  ids(): { trace_id?: string; span_id?: string };
  /** Sends what is left; what nobody takes in time is dropped. */
  stop(): Promise<void>;
}

const NO_SPAN: CallSpan = {
  add: () => undefined,
  failed: () => undefined,
  enter: (next) => next(),
  end: () => undefined,
};

/** Where nobody wants spans. */
export const NO_TRACING: Tracing = {
  span: (_name, _attributes, work) => work(NO_SPAN),
  root: (_name, _attributes, work) => work(NO_SPAN),
  call: () => NO_SPAN,
  ids: () => ({}),
  stop: async () => undefined,
};

/** Which spans are made; where they go, the exporter reads itself from `OTEL_EXPORTER_OTLP_*`. */
export interface TracingSettings {
  /** Share of the trees of spans that are kept, 0 to 1. */
  share: number;
  /** Whether a caller that brings a trace decides for its calls. */
  callerDecides: boolean;
}

/** OpenTelemetry specification, "General SDK Configuration", OTEL_TRACES_SAMPLER. */
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);

/**
 * The part of OpenTelemetry's environment variables that its SDK leaves to the program.
 * @returns null where no spans are wanted
 * @throws Error whose message begins with the variable
 */
export function tracingSettings(env: NodeJS.ProcessEnv): TracingSettings | null {
  const name = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const off = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  if (!env[name] || off) return null;
  if (!/^https?:$/.test(URL.parse(env[name])?.protocol ?? ''))
    throw new Error(`${name} must be an http or https address`);

  const sampler = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  if (!SAMPLERS.includes(sampler)) throw new Error(`OTEL_TRACES_SAMPLER must be one of ${SAMPLERS.join(', ')}`);
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  if (!(ratio >= 0 && ratio <= 1)) throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
  const share = sampler.endsWith('always_on') ? 1 : sampler.endsWith('always_off') ? 0 : ratio;
  return { share, callerDecides: sampler.startsWith('parentbased_') };
}

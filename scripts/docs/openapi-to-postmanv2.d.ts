/** The part of the converter that is used; it has no types of its own. */
declare module 'openapi-to-postmanv2' {
  interface Conversion {
    result: boolean;
    reason?: string;
    output?: { type: string; data: unknown }[];
  }
  const converter: {
    convert(
      input: { type: 'json'; data: object },
      options: object,
      done: (error: Error | null, conversion?: Conversion) => void,
    ): void;
  };
  export default converter;
}

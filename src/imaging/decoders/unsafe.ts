/** Decoders would have the rights of root, so the program does not start; the message says why and what to do. */
export class DecodersUnsafe extends Error {
  override readonly name = 'DecodersUnsafe';

  /** @param reason part of a sentence */
  constructor(reason: string) {
    super(
      `Hostile pictures would be decoded with the rights of root: ${reason}. Start Pixmill as another user than root; ` +
        'or let its root have the capabilities SETUID and SETGID, and a data folder into which it can let other users; ' +
        'or set PIXMILL_DECODE_AS_ROOT=on to take the risk.',
    );
  }
}

import { type SpawnOptions, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { DecoderLoss } from '../../pipeline/ports/pipeline-observer.ts';
import { asLine, CHANNEL, type Ready, readLines } from './channel.ts';
import { cpuTicks, watchTime } from './patience.ts';

/** The process ended, or had to be ended. */
export class DecoderLost extends Error {
  override readonly name = 'DecoderLost';
  readonly reason: DecoderLoss;

  constructor(reason: DecoderLoss, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** One decoder process, as its parent has it in hand. */
export interface Decoder {
  /** @throws DecoderLost where it ends before it can take images */
  ready: Promise<Ready>;
  /**
   * Gives it one image, and waits for what it says of it: any JSON at all.
   * @throws DecoderLost; with the reason `idle` the image was not looked at
   */
  decode(task: unknown): Promise<unknown>;
  /** Resolves when the process has ended. */
  ended: Promise<void>;
  /** @param reason what becomes of its image: with `idle` it goes to another process */
  end(reason?: DecoderLoss): void;
}

interface Program {
  path: string;
  /** Arguments of Node, and of the program. */
  nodeArguments: string[];
  programArguments: string[];
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'detached'>;
  /** The time limit of one image, in milliseconds. */
  decodeMs: number;
}

/**
 * Starts a process. It is killed as soon as it says anything that it should not: code that took it over may say what it likes.
 * The channel is a plain pipe, since Node itself reads the messages of a forked process, and ends its parent by an error for
 * some that no program sends (`NODE_HANDLE_ACK`).
 */
export function startDecoder({ path, nodeArguments, programArguments, options, decodeMs }: Program): Decoder {
  const child = spawn(process.execPath, [...nodeArguments, path, ...programArguments], {
    ...options,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const channel = child.stdio[CHANNEL] as Duplex;
  const ready = Promise.withResolvers<Ready>();
  const ended = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  let isReady = false;
  let task: { resolve(answer: unknown): void; reject(error: Error): void; begun: boolean } | undefined;
  /** Why it was killed from here. */
  let killed: DecoderLost | undefined;

  function kill(reason: DecoderLost): void {
    killed ??= reason;
    child.kill('SIGKILL');
  }

  function hear(value: unknown): void {
    if (killed) return;
    const said = Object(value);
    if (!isReady && isReadyMessage(said)) {
      isReady = true;
      ready.resolve(said);
    } else if (task && !task.begun && said.begun === true) {
      task.begun = true;
    } else if (task?.begun && 'answer' in said) {
      task.resolve(said.answer);
      task = undefined;
    } else kill(new DecoderLost('crash', 'the decoder said what nobody asked for'));
  }

  readLines(channel, hear, (reason) => kill(new DecoderLost('crash', `the decoder is broken: ${reason}`)));
  // The end of the process says more.
  channel.on('error', () => undefined);

  function gone(loss: DecoderLost): void {
    ready.reject(loss);
    task?.reject(task.begun || killed ? loss : new DecoderLost('idle', loss.message));
    task = undefined;
    ended.resolve();
  }
  child.on('error', (error) => {
    // It could not be started. Where it could not be killed, its end is still to come.
    if (child.pid === undefined) gone(new DecoderLost('crash', error.message));
  });
  // Not `exit`: what it said before may still be on its way.
  child.on('close', (code, signal) => {
    // SIGKILL comes from its own check of its memory, or from the kernel when memory runs out.
    const reason = signal === 'SIGKILL' ? 'memory' : 'crash';
    gone(killed ?? new DecoderLost(reason, `the decoder ended (${signal ?? `exit code ${code}`})`));
  });

  return {
    ready: ready.promise,
    ended: ended.promise,
    async decode(wanted) {
      const answer = Promise.withResolvers<unknown>();
      task = { resolve: answer.resolve, reject: answer.reject, begun: false };
      channel.write(asLine(wanted));
      const stopWatch = watchTime(
        decodeMs,
        () => cpuTicks(child.pid),
        () => kill(new DecoderLost('time_limit', `the image took longer than ${decodeMs} ms`)),
      );
      return answer.promise.finally(stopWatch);
    },
    end: (reason = 'crash') => kill(new DecoderLost(reason, 'the decoder was stopped')),
  };
}

function isReadyMessage(said: Record<string, unknown>): said is Record<string, unknown> & Ready {
  return said.stillRoot === null || typeof said.stillRoot === 'string';
}

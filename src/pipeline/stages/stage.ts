import type { Note } from '../../domain/catalogues/notes.ts';
import type { ImageResult, Settlement } from '../../domain/image.ts';
import type { Options } from '../../domain/options.ts';
import type { TimedStage } from '../ports/pipeline-observer.ts';
import type { ImageStorage } from '../ports/storage.ts';
import type { Outcome, PendingImage, Shard } from '../ports/store/records.ts';

/** What the stages find out about an image; each adds what the ones after it need. */
interface Found {
  url: URL;
  /** The file that was downloaded. */
  original: string;
  compressed: { file: string; result: ImageResult };
  settlement: Settlement;
}

/**
 * An image on its way through the stages. A stage names what it needs: `StagedImage<'url'>` has gone through the stage that
 * finds the address.
 */
export type StagedImage<Needs extends keyof Found = never> = PendingImage & {
  readonly shard: Shard;
  readonly signal: AbortSignal;
  /** What the user should know of the image, if it is done. */
  readonly notes: Note[];
  /** Temporary files that exist or may exist; the runner removes them. */
  readonly files: Set<string>;
} & Pick<Found, Needs> &
  Partial<Found>;

/** What the stages work with. */
export interface StageContext {
  /** Streams a link into a new file; asks `whenRoom` before it starts. @throws ImageFailure; there is no file then */
  fetchImage(
    url: URL,
    file: string,
    options: {
      priority: number;
      request: number;
      customer: string;
      signal: AbortSignal;
      whenRoom: () => Promise<void>;
    },
  ): Promise<unknown>;
  /** Writes the compressed picture of one file into a new one. @throws ImageFailure */
  compress(input: string, output: string, options: Options, customer: string): Promise<ImageResult>;
  storage: Pick<ImageStorage, 'put'>;
  outcomes: {
    /** Work on an image begins whose outcome is worth waiting for. */
    start(): void;
    /** That work is over, with or without an outcome. */
    end(): void;
    /** Returns when the outcome is durable. */
    record(outcome: Outcome): Promise<void>;
  };
  /** Files that wait for a decoder, each with the customer whose it is. */
  backlog: { whenRoom(customer: string): Promise<void>; add(customer: string): void; remove(customer: string): void };
  /** A path for a new file that `compress` can read. */
  inputFile(): string;
  /** A path for a temporary file that nobody else uses. */
  temporaryFile(): string;
  /** Tries in all that an image gets. */
  tries: number;
  /** A clock that does not jump, in milliseconds. */
  now(): number;
  /** 0 to 1. */
  random(): number;
}

export interface Stage {
  /** The name under which its time is measured; none where that is not worth it. */
  readonly timed?: TimedStage;
  /** When it ends well, its file waits for a decoder and counts in the backlog. */
  readonly fillsBacklog?: true;
  /** With its end the file counts no more in the backlog; nor where the image is settled before. */
  readonly emptiesBacklog?: true;
  /** @throws ImageFailure; any other error is one of ours. A stage that sets `settlement` is the last but `record`. */
  run(image: StagedImage<keyof Found>, context: StageContext): Promise<void> | void;
}

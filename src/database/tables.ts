import type { ColumnType, Generated } from 'kysely';
import type { FailureCode, Stage } from '../domain/catalogues/failures.ts';
import type { NoteCode } from '../domain/catalogues/notes.ts';
import type { ImageFormat, WrittenFormat } from '../domain/formats.ts';
import type { ImageOutcome, ImageStatus } from '../domain/image.ts';
import type { RequestStatus } from '../domain/request.ts';
import type { Job } from '../pipeline/ports/queue.ts';
import type { UsedDay } from '../pipeline/ports/store/customers.ts';
import type { Delivery } from '../pipeline/ports/store/records.ts';

/**
 * Receiving: its CSV is still being stored. Deleting: its rows and files are being removed. Nobody sees either.
 */
type StoredStatus = RequestStatus | 'Receiving' | 'Deleting';

/** Columns are snake_case in the database, camelCase here. Times are milliseconds since 1970, JSON is text. */
export interface Tables {
  requests: {
    /** Short, so that a million image rows do not each carry a UUID. */
    number: Generated<number>;
    id: string;
    owner: string;
    fileName: string;
    status: StoredStatus;
    /** Their names and values, as `storedOptions` reads them. */
    options: string;
    /** What a search in the list looks through; null in requests of older versions. */
    searchText: string | null;
    webhookUrl: string | null;
    publicUrl: string | null;
    linkBase: string;
    /** Hexadecimal. */
    secret: string;
    layout: string;
    warnings: string;
    warningCount: number;
    productsTotal: number;
    imagesTotal: number;
    imagesDone: number;
    imagesFailed: number;
    rejectedTotal: number;
    bytesIn: number;
    bytesOut: number;
    createdAt: number;
    updatedAt: number;
    startedAt: number | null;
    finishedAt: number | null;
    /** How many times it was finished; the number of its newest webhook delivery. */
    deliveries: number;
  };
  idempotencyKeys: { owner: string; key: string; request: number; digest: string; createdAt: number };
  products: {
    request: number;
    row: number;
    line: number;
    serial: string;
    /** Empty where another row has it. */
    name: string;
    nameRow: number | null;
    cells: string;
    firstImage: number;
    imageCount: number;
  };
  rejectedRows: { request: number; line: number; cells: string; issue: string };
  images: {
    request: number;
    number: number;
    row: number;
    position: number;
    inputUrl: string;
    sameAs: number | null;
    status: ImageStatus;
    attempts: number;
    retryAt: number;
    errorCode: FailureCode | null;
    errorStage: Stage | null;
    errorMessage: string | null;
    key: string | null;
    outcome: ImageOutcome | null;
    formatIn: ImageFormat | null;
    formatOut: WrittenFormat | null;
    widthIn: number | null;
    heightIn: number | null;
    width: number | null;
    height: number | null;
    bytesIn: number | null;
    bytesOut: number | null;
    /** JSON; null where the image is not done, or an older version has made it. */
    placeholder: string | null;
    updatedAt: number;
  };
  /** The further pictures of images that are done, in the order in which the upload names them. */
  imageRenditions: {
    request: number;
    number: number;
    place: number;
    name: string;
    key: string;
    formatOut: WrittenFormat;
    width: number;
    height: number;
    bytesOut: number;
  };
  /** Notes of images that are done; `details` are the values of its sentence, JSON. */
  imageNotes: { request: number; number: number; code: NoteCode; row: number; details: string | null };
  /** How many images of a request have a note: what `status.notes` shows. */
  noteCounts: { request: number; code: NoteCode; images: number };
  jobs: {
    id: Generated<number>;
    kind: Job['kind'];
    request: number;
    part: number;
    runAt: number;
    /** 1 while a handler works on it. */
    taken: ColumnType<number, number | undefined, number>;
    /** How often the job was put in: one that is put in again while it runs is run again. */
    asked: ColumnType<number, number | undefined, number>;
    /** When it was put in; `runAt` is 0 for a job that is due at once. */
    since: ColumnType<number, number | undefined, number>;
    /** The customer. */
    owner: ColumnType<string, string | undefined, string>;
    /** The lowest is handed out first. */
    turn: ColumnType<number, number | undefined, number>;
  };
  /** How often each shard that was begun has been handed out. */
  leases: { request: number; part: number; lease: number };
  deliveries: {
    request: number;
    part: number;
    webhookId: string;
    url: string;
    step: number;
    state: Delivery['state'];
  };
  deliveryAttempts: {
    request: number;
    part: number;
    at: number;
    durationMs: number;
    statusCode: number | null;
    error: string | null;
    nextAt: number | null;
    state: Delivery['state'];
  };
  /** What an owner has used on a day (counted from 1970, UTC). */
  dailyUsage: UsedDay;
  /** Plain keys that a customer has named since; what they uploaded is the customer's. */
  claimedKeys: { owner: string; customer: string };
  /** Sessions that were ended before their time. */
  endedSessions: { id: string; endsAt: number };
  settings: { name: string; value: string };
}

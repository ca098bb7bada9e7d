/** What is done from time to time, whether or not anybody asks: recovery, retention, the sweep for orphaned files. */
export interface UpkeepStore {
  /**
   * Finishes or undoes what a dead process left half done.
   * @param before where others work on the same rows: only what nobody has touched since this time
   */
  recover(removeFiles: (keys: string[]) => Promise<void>, before?: number): Promise<void>;
  /** Finished requests last changed before `time`, oldest first. */
  finishedBefore(time: number, limit: number): Promise<string[]>;
  /** Of these keys those that no image has, and that no unfinished request may still come to have. */
  unknownKeys(keys: string[]): Promise<string[]>;
  /** Whether this process is the one to do a task now: true once in `everyMs`, over all processes. */
  takeTurn(task: string, everyMs: number): Promise<boolean>;
  /** The time that was noted last, or of the newest change of a request; null in a database that is new. */
  lastTime(): Promise<number | null>;
  noteTime(time: number): Promise<void>;
}

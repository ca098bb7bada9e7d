/** Sessions of browsers that were ended before their time. Those that run are in no store: their tokens are signed. */
export interface SessionStore {
  /** @param endsAt when it would have ended by itself: it is remembered until then */
  endSession(id: string, endsAt: number): Promise<void>;
  isSessionEnded(id: string): Promise<boolean>;
}

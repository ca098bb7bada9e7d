/** Values that live as long as the database, and are the same for every process. */
export interface SettingStore {
  /** A value that is made once and then kept, such as the webhook secret. */
  setting(name: string, make: () => string): Promise<string>;
}

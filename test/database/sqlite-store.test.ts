import { storeContract } from '../contracts/store-contract.ts';
import { sqliteStore } from '../support/sqlite-store.ts';

storeContract('SQLite', sqliteStore);

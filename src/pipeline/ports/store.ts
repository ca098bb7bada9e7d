import type { CustomerStore } from './store/customers.ts';
import type { DeliveryStore } from './store/deliveries.ts';
import type { Inventory } from './store/inventory.ts';
import type { RequestLifecycle } from './store/lifecycle.ts';
import type { OutcomeStore } from './store/outcomes.ts';
import type { RequestQueries } from './store/queries.ts';
import type { RowQueries } from './store/rows.ts';
import type { SessionStore } from './store/sessions.ts';
import type { SettingStore } from './store/settings.ts';
import type { UpkeepStore } from './store/upkeep.ts';
import type { UploadStore } from './store/uploads.ts';

/**
 * All of the store, for those who open it and hand it on. Whoever works with it names the ports that it uses; each has a
 * file in `store/`, and its body the file of the same name in `database/store/`.
 */
export interface RequestStore
  extends UploadStore,
    RequestQueries,
    RowQueries,
    OutcomeStore,
    RequestLifecycle,
    DeliveryStore,
    UpkeepStore,
    SettingStore,
    CustomerStore,
    SessionStore,
    Inventory {}

import { describe } from 'node:test';
import { customersContract } from './store/customers-contract.ts';
import { deliveriesContract } from './store/deliveries-contract.ts';
import { inventoryContract } from './store/inventory-contract.ts';
import { lifecycleContract } from './store/lifecycle-contract.ts';
import { notesContract } from './store/notes-contract.ts';
import { outcomesContract } from './store/outcomes-contract.ts';
import { queriesContract } from './store/queries-contract.ts';
import { renditionsContract } from './store/renditions-contract.ts';
import { rowsContract } from './store/rows-contract.ts';
import { settingsContract } from './store/settings-contract.ts';
import type { OpenStore } from './store/store-bench.ts';
import { upkeepContract } from './store/upkeep-contract.ts';
import { uploadsContract } from './store/uploads-contract.ts';

/** What every store must do, whatever database is below it: a suite for each port. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`store on ${name}`, () => {
    const suites = [
      uploadsContract,
      queriesContract,
      rowsContract,
      outcomesContract,
      notesContract,
      renditionsContract,
      lifecycleContract,
      deliveriesContract,
      upkeepContract,
      settingsContract,
      customersContract,
      inventoryContract,
    ];
    for (const suite of suites) suite(open);
  });
}

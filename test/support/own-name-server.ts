/** For `node --import`: the program asks the name server that NAME_SERVER names, and no other. */
import { promises } from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const { Resolver } = promises;
promises.Resolver = class extends Resolver {
  constructor(...options: ConstructorParameters<typeof Resolver>) {
    super(...options);
    this.setServers([process.env.NAME_SERVER ?? '']);
  }
};
syncBuiltinESMExports();

import { aTable, describeLogCatalogContract } from '../../contract/log-catalog.contract.ts';
import { FakeCatalog } from './support/fake-catalog.ts';

describeLogCatalogContract('fake', async () => {
  const catalog = new FakeCatalog();
  return {
    catalog,
    createForeign: async (name) => {
      catalog.held.set(name, { ...aTable(name), parameters: {} });
    },
    close: async () => undefined,
  };
});

/** One standalone installation for all tests of a file: started before the first, removed after the last. */
import { after, before } from 'node:test';
import type { Api } from './api.ts';
import { anInstallation, type Installation } from './server.ts';

export function aStandalone(): { readonly api: Api; readonly installation: Installation } {
  let installation: Installation;
  let api: Api;
  before(async () => {
    installation = anInstallation();
    await installation.start('standalone');
    api = installation.api();
  });
  after(() => installation.remove());
  return {
    get api() {
      return api;
    },
    get installation() {
      return installation;
    },
  };
}

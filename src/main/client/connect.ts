import { isPlainAndFar, readClientConfig } from '../config.ts';
import { type HubClient, hubClient } from './hub-client.ts';
import { tell } from './say.ts';

/** The hub that the environment names, as whom it names. */
export function connect(): HubClient {
  const config = readClientConfig();
  if (isPlainAndFar(config.url)) {
    tell('warning: LEDGERLINE_URL is not https, so the key goes over the network in the clear');
  }
  return hubClient(config);
}

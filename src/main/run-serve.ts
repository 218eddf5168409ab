import { type Config, HUB_URL_DEFAULT } from './config.ts';
import { type Serving, serve } from './serve.ts';
import { VERSION } from './version.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Serves until a signal asks to stop; says where the hub is and what a newcomer does next. */
export async function runServe(config: Config): Promise<void> {
  const serving = await serve(config, printKey);
  console.log(config.role === 'worker' ? atWork(config, serving) : welcome(config, serving));
  await new Promise<void>((resolve) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => resolve());
  });
  console.log('Stopping: answering what is under way.');
  await serving.stop();
}

function printKey(key: string): void {
  console.log(`The administrator's key, shown this once:\n  ${key}\n`);
}

function atWork({ dataDir, port }: Config, { url }: Serving): string {
  const place = port === 0 ? `${url} (any free port)` : url;
  return `Ledgerline ${VERSION} works behind the doors; data in ${dataDir}, health at ${place}`;
}

/** Lines to paste: what a newcomer does next must work as it stands. */
function welcome(config: Config, { url, newAdminKey }: Serving): string {
  const key = newAdminKey === null ? "'the key of the administrator'" : newAdminKey;
  const elsewhere = url === HUB_URL_DEFAULT ? '' : ` LEDGERLINE_URL=${url}`;
  const lines = [
    `Ledgerline ${VERSION} serves ${url}`,
    `  organization ${config.org}, team ${config.team}, data in ${config.dataDir}`,
    ...storesOf(config),
    '',
    'Next, in another shell:',
    `  export LEDGERLINE_KEY=${key}${elsewhere}`,
    '  npx ledgerline seed       # a small world to explore, and what to try in it',
    `  export WANDB_BASE_URL=${url}/wandb WANDB_API_KEY=$LEDGERLINE_KEY  # for training scripts`,
    '',
    `In a browser: ${url}/graphiql asks for the same key. Ctrl-C stops the hub.`,
  ];
  return lines.join('\n');
}

/** Where else data is; a password in an address is not shown. */
function storesOf({ neo4j, redisUrl }: Config): string[] {
  if (neo4j === null && redisUrl === null) return [];
  const graph = neo4j === null ? 'in the data folder' : `in ${neo4j.url}`;
  const jobs = redisUrl === null ? 'in the data folder' : `in redis at ${new URL(redisUrl).host}`;
  return [`  graph ${graph}, jobs ${jobs}`];
}

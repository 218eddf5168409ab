import type { Config } from './config.ts';
import { type Serving, serve } from './serve.ts';
import { VERSION } from './version.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Serves until a signal asks to stop; says where the hub is and what a newcomer does next. */
export async function runServe(config: Config): Promise<void> {
  const serving = await serve(config, printKey);
  console.log(welcome(config, serving));
  await new Promise<void>((resolve) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => resolve());
  });
  console.log('Stopping: answering what is under way.');
  await serving.stop();
}

function printKey(key: string): void {
  console.log(`The administrator's key, shown this once:\n  ${key}\n`);
}

function welcome(config: Config, { url, newAdminKey }: Serving): string {
  const lines = [
    `Ledgerline ${VERSION} serves ${url}`,
    `  organization ${config.org}, team ${config.team}, data in ${config.dataDir}`,
    '',
    'Next, in another shell:',
    `  export LEDGERLINE_KEY=${newAdminKey ?? '<your key>'}`,
    `  export WANDB_BASE_URL=${url}/wandb WANDB_API_KEY=$LEDGERLINE_KEY  # now run train.py`,
    `  curl -s ${url}/graphql -H "authorization: Bearer $LEDGERLINE_KEY" ` +
      `-H 'content-type: application/json' -d '{"query":"{ viewer { name } }"}'`,
  ];
  return lines.join('\n');
}

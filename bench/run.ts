import '../src/main/production-mode.ts';
import { benchAuthz } from './authz.ts';
import { benchHostile } from './hostile.ts';
import { benchLedger } from './ledger.ts';
import { benchOpenLineage } from './openlineage.ts';
import { benchQueue } from './queue.ts';
import { benchStream } from './stream.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchWalk } from './walk.ts';
import { benchWandb } from './wandb.ts';

/** Every benchmark by name. Each prints one JSON line a figure and asserts no time. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  authz: benchAuthz,
  hostile: benchHostile,
  ledger: benchLedger,
  queue: benchQueue,
  openlineage: benchOpenLineage,
  telemetry: benchTelemetry,
  stream: benchStream,
  walk: benchWalk,
  wandb: benchWandb,
};

const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (!bench) {
  console.error(`usage: npm run bench -- <${Object.keys(BENCHES).join('|')}>`);
  process.exit(2);
}
await bench();

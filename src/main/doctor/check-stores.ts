import { access, constants, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openBullmqJobQueue } from '../../adapters/bullmq/bullmq-job-queue.ts';
import { openNeo4jOperationalStore } from '../../adapters/neo4j/operational-store.ts';
import { openSqliteOperationalStore } from '../../adapters/sqlite/sqlite-operational-store.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { systemIds } from '../../adapters/system/system-ids.ts';
import { PROJECTION_VERSION } from '../../domain/audit/fact-types.ts';
import { ADMINISTRATOR } from '../administrator-key.ts';
import type { Config } from '../config.ts';
import { DATA_LAYOUT } from '../data-layout.ts';
import { openGraph } from '../open-data.ts';
import { type Finding, right, sayingOf, wrong } from './finding.ts';

const PROBE = 'what the doctor wrote to see whether it is read back\n';
const FILE_MODE = 0o600;
const MIB = 1024 ** 2;

export interface GraphFinding {
  readonly finding: Finding;
  /** When the last fact was recorded; null where there is none, or where it is not known. */
  readonly lastRecordedAt: string | null;
}

/** Opens the graph as a reader does, which changes nothing; a hub may run on it meanwhile. */
export async function checkGraph(config: Config): Promise<GraphFinding> {
  try {
    const live = await openGraph(config);
    try {
      const { size, recordedAt } = await live.head();
      const place = config.neo4j === null ? await sizeOf(config) : config.neo4j.url;
      const says = `${size} facts, ${place}, projection ${PROJECTION_VERSION}`;
      return { finding: right('graph store', says), lastRecordedAt: recordedAt };
    } finally {
      await live.close();
    }
  } catch (error) {
    const mend =
      config.neo4j === null
        ? 'start the hub once; if that fails too, restore the data folder from a backup'
        : 'see to Neo4j and to the LEDGERLINE_NEO4J_ settings; `ledgerline migrate` makes a schema';
    return { finding: wrong('graph store', sayingOf(error), mend), lastRecordedAt: null };
  }
}

async function sizeOf({ dataDir }: Config): Promise<string> {
  const { size } = await stat(join(dataDir, DATA_LAYOUT.graph));
  return `${(size / MIB).toFixed(1)} MiB`;
}

/** Asks a Redis for what makes it fit to keep jobs. Without one they are in the data folder. */
export async function checkQueue({ redisUrl }: Config): Promise<Finding> {
  const check = 'job queue';
  if (redisUrl === null) return right(check, 'in the data folder');
  const told: string[] = [];
  const tell = (_fields: object, message: string) => void told.push(message);
  const log = { info: () => {}, warn: tell, error: tell };
  const mend = 'see to Redis and LEDGERLINE_REDIS_URL: noeviction, and an append-only file';
  try {
    const queue = await openBullmqJobQueue({ url: redisUrl, clock: systemClock, log });
    try {
      const { waiting, dead } = await queue.counts('openlineage');
      const [fault] = told;
      if (fault !== undefined) return wrong(check, fault, mend);
      return right(check, `in Redis: ${waiting} events wait, ${dead} are dead`);
    } finally {
      await queue.close();
    }
  } catch (error) {
    return wrong(check, sayingOf(error), mend);
  }
}

/** Asks for the entry without which nobody has a key. A missing file must not be made here. */
export async function checkOperational({ dataDir, neo4j }: Config): Promise<Finding> {
  const file = join(dataDir, DATA_LAYOUT.operational);
  const check = 'operational store';
  const mend =
    neo4j === null
      ? `restore ${file} from a backup, or move it away and start with LEDGERLINE_ADMIN_KEY`
      : 'see to Neo4j and to the LEDGERLINE_NEO4J_ settings';
  try {
    if (neo4j === null) await access(file, constants.R_OK | constants.W_OK);
    const store =
      neo4j === null
        ? await openSqliteOperationalStore({ file, clock: systemClock })
        : openNeo4jOperationalStore({ ...neo4j, clock: systemClock });
    try {
      if ((await store.get('credential', ADMINISTRATOR)) !== null) {
        return right(check, 'it knows the administrator');
      }
    } finally {
      await store.close();
    }
    return wrong(check, 'it knows no administrator', 'start the hub once (npm start)');
  } catch (error) {
    return wrong(check, sayingOf(error), mend);
  }
}

/** Writes a file where uploads begin, reads it, and takes it away. It is never an object. */
export async function checkObjects({ dataDir }: Config): Promise<Finding> {
  const incoming = join(dataDir, DATA_LAYOUT.objects, 'incoming');
  const probe = join(incoming, `doctor-${systemIds.uuid()}`);
  const mend = `let the user of the hub write to ${incoming}, and see to the disk`;
  try {
    const file = await open(probe, 'wx', FILE_MODE);
    try {
      await file.writeFile(PROBE);
      await file.sync();
    } finally {
      await file.close();
    }
    const read = await readFile(probe, 'utf8');
    if (read === PROBE) return right('object store', 'written, read back and removed');
    return wrong('object store', 'other bytes came back than were written', 'replace the disk');
  } catch (error) {
    return wrong('object store', sayingOf(error), mend);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

export async function checkTelemetry({ dataDir }: Config): Promise<Finding> {
  const folder = join(dataDir, DATA_LAYOUT.telemetry);
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return right('telemetry store', 'may be read and written');
  } catch (error) {
    const mend = `let the user of the hub write to ${folder}, or restore it from a backup`;
    return wrong('telemetry store', sayingOf(error), mend);
  }
}

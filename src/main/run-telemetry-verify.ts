import { join } from 'node:path';
import { openFilesystemTelemetryStore } from '../adapters/filesystem/filesystem-telemetry-store.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { kindOfId } from '../domain/lineage/node-id.ts';
import type { ColumnsVerdict, SealedBytes } from '../ports/telemetry-columns.ts';
import { runIdOfPath } from '../projections/find-by-path.ts';
import type { Config } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';
import { openData } from './open-data.ts';

export interface VerifyRequest {
  /** Id of a run, or `team/project/name`. */
  readonly run: string;
  readonly format: 'json' | 'text';
}

/**
 * Compares the history and the system metrics of a run with what was put on record of them, and
 * their Parquet files with their logs; 1 when something differs. A hub may be running meanwhile.
 */
export async function runTelemetryVerify(
  config: Config,
  { run, format }: VerifyRequest,
): Promise<number> {
  const row = await runRow(config, run);
  const folder = join(config.dataDir, DATA_LAYOUT.telemetry);
  const telemetry = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  try {
    const sealed = (row.props.sealed ?? []) as unknown as readonly SealedBytes[];
    const verdicts = await telemetry.columns.verify(row.id, sealed);
    if (format === 'json') console.log(JSON.stringify({ run: row.id, sealed, verdicts }));
    else for (const line of reportOf(verdicts)) console.log(line);
    return verdicts.every(({ fault }) => fault === null) ? 0 : 1;
  } finally {
    await telemetry.close();
  }
}

async function runRow(config: Config, run: string): Promise<NodeRow> {
  const { live } = await openData(config);
  try {
    const source = { org: config.org, store: live };
    const id = kindOfId(run) === 'RUN' ? run : await runIdOfPath(source, run);
    const [row] = await live.get([id]);
    if (row?.kind === 'RUN') return row;
    throw new DomainError('NOT_FOUND', `there is no run ${JSON.stringify(run)}`);
  } finally {
    await live.close();
  }
}

function reportOf(verdicts: readonly ColumnsVerdict[]): string[] {
  if (verdicts.length === 0) return ['the run has neither history nor system metrics'];
  return verdicts.map(({ stream, bytes, compared, waiting, fault }) => {
    const counts = `${bytes} bytes, ${compared} lines compared, ${waiting} in the log alone`;
    return `${stream}: ${counts}: ${fault ?? 'equal'}`;
  });
}

import { runEnvironmentRecorded } from '../domain/audit/facts/run-life.ts';
import type { Digest } from '../domain/digest.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing } from './placing.ts';

/** A list of packages that is held as an object. */
export interface RecordedPackages {
  readonly digest: Digest;
  readonly count: number;
  readonly omitted: number;
}

export interface RecordEnvironmentInput extends CommandInput {
  readonly run: NodeId;
  readonly packages: RecordedPackages;
}

/** Records what was installed where a run ran. The list comes in while it runs, or just after. */
export const recordEnvironment: Command<RecordEnvironmentInput> = {
  operation: 'recordEnvironment',
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, packages }, { view }) => {
    const row = existing(view, run, 'RUN');
    const known = canonicalJson(row.props.packages ?? null);
    if (known === canonicalJson(packages as unknown as Json)) return unchanged(row);
    const project = row.project as NodeId;
    return fact(runEnvironmentRecorded, {
      data: { run: { id: run, name: row.name, project }, packages },
      projects: [project],
      subject: subjectOf(row),
    });
  },
};

import { type RunPersonalField, type RunUpdate, runUpdated } from '../domain/audit/facts/run.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json, JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { checkedCode, checkTags, checkTexts, type RunDescription } from './create-run.ts';
import { existing } from './placing.ts';

export interface UpdateRunInput extends CommandInput {
  readonly run: NodeId;
  /** What is to be another value from now on; what is left out stays. */
  readonly set: Partial<RunDescription & { readonly summary: JsonObject }>;
  /** Personal fields to take away. */
  readonly clear: readonly RunPersonalField[];
}

/** Personal fields: `notes`, `host`, `program`, `login`, `gitAuthor`. */
export const updateRun: Command<UpdateRunInput> = {
  operation: 'updateRun',
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, set, clear, personal, occurredAt }, { view }) => {
    const row = existing(view, run, 'RUN');
    checkTexts(set);
    const tags = set.tags === undefined ? {} : { tags: checkTags(set.tags) };
    const code = set.code === undefined ? {} : { code: checkedCode(set.code) };
    const changed = changedProps(row, { ...set, ...tags, ...code });
    const cleared = clear.filter((field) => row.props[field] !== undefined);
    if (Object.keys(changed).length === 0 && cleared.length === 0 && !personal?.length) {
      return unchanged(row);
    }
    const project = row.project as NodeId;
    return fact(runUpdated, {
      data: { run: { id: run, name: row.name, project }, set: changed, cleared },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

function changedProps(row: NodeRow, set: UpdateRunInput['set']): RunUpdate {
  const changed = Object.entries(set).filter(
    ([key, value]) =>
      value !== undefined && canonicalJson(value as Json) !== canonicalJson(row.props[key] ?? null),
  );
  return Object.fromEntries(changed) as RunUpdate;
}

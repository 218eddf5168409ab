import { registrationCreated } from '../domain/audit/facts/registry.ts';
import type { Digest } from '../domain/digest.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { registeredModelId, registrationId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkPathName } from '../domain/values/text.ts';
import type { GraphView } from '../ledger/command.ts';
import { type Command, type CommandInput, fact } from '../ledger/command.ts';
import { existing, notDeleted } from './placing.ts';

export interface RegisterInput extends CommandInput {
  readonly version: NodeId;
  /** The registry: the project that the registered model lives in, or is to live in. */
  readonly project: NodeId;
  /** Name of the registered model, unique in its project, for ever. */
  readonly model: string;
}

/** Personal fields: `description` of the registered model, `note` of the registration. */
export const register: Command<RegisterInput> = {
  operation: 'register',
  wants: ({ version, project, model }, _view, { org }) => {
    const id = registeredModelId(org, project, model);
    return { nodes: [version, project, id, registrationId(org, id, version)] };
  },
  requires: ({ version, project }) => [
    { permission: 'record.read', of: version },
    { permission: 'record.write', of: project },
  ],
  decide: (input, { org, view }) => {
    const { project, occurredAt } = input;
    const version = modelVersion(view, input.version);
    existing(view, project, 'PROJECT');
    const id = registeredModelId(org, project, input.model);
    const model = view.node(id);
    const name = model?.name ?? checkPathName(input.model, "the registered model's name");
    const own = registrationId(org, id, version.id);
    const found = view.node(own);
    const digest = (version.props.digest ?? null) as Digest | null;
    const subject = { kind: version.kind, id: version.id, digest };
    if (found) return { kind: 'none', fact: found.since, subject };
    const number = Number(model?.props.registrationCount ?? 0) + 1;
    const from = version.project as NodeId;
    return fact(registrationCreated, {
      data: {
        registration: { id: own, number },
        model: { id, name, project },
        modelResult: model ? 'existing' : 'created',
        version: { id: version.id, name: version.name, project: from },
        digest,
      },
      projects: [project, from],
      subject,
      occurredAt,
    });
  },
};

function modelVersion(view: GraphView, id: NodeId): NodeRow {
  const row = view.node(id);
  if (!row)
    throw new DomainError('NOT_FOUND', `there is no node with the id ${JSON.stringify(id)}`);
  if (row.kind === 'MODEL_VERSION') return notDeleted(row);
  throw invalidInput(`only model versions are registered, and ${id} is a ${row.kind}`);
}

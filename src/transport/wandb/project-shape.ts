import { createProject } from '../../commands/create-project.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { mayRead } from '../../projections/readable-by.ts';
import { collectionByName } from './collection-lookup.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import { personalTextOf } from './personal-texts.ts';
import { artifactType, artifactTypeConnection } from './project-collections.ts';
import { findProject, namesOf, type ProjectArguments } from './project-lookup.ts';
import { type RunListArguments, runConnection, runCount } from './run-list.ts';
import { findRun } from './run-lookup.ts';
import { versionByName } from './version-lookup.ts';
import { entityShape } from './viewer.ts';
import { isAllowed, readAnew, type Shape, submit, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';

type NameArgument = { readonly name: string };

/** Root fields that lead to projects. */
export const projectFields = {
  project: projectOrNull,
  model: projectOrNull,

  models: async (args: PageArguments & { entityName?: string | null }, context: WandbContext) => {
    const team = (args.entityName || context.hub.defaultTeam).normalize('NFC');
    const rows = (await projectsOf(context)).filter(({ props }) => props.teamName === team);
    const page = pageOf(rows, args, ({ id }) => id);
    return connection(page, (row) => projectShape(row, context));
  },

  upsertModel: async (
    {
      input,
    }: {
      readonly input: {
        id?: string | null;
        name?: string | null;
        entityName?: string | null;
        description?: string | null;
      };
    },
    context: WandbContext,
  ) => {
    if (!input.name || input.id) throw invalidInput('a project is made by its name');
    const { name, entityName, description } = input;
    const receipt = await submit(context, createProject, {
      ...namesOf(context, { name, entityName }),
      ifExists: 'return',
      personal: description ? [{ person: context.reader.actor.ref, values: { description } }] : [],
    });
    const [row] = await context.hub.store.get([receipt.subject?.id ?? '']);
    if (!row) throw new DomainError('INTERNAL', 'the project that was made cannot be found');
    const project = madeShape(row, await readAnew(context));
    return { project, model: project, inserted: receipt.outcome === 'recorded' };
  },
};

/** Whoever may make projects and not read them learns the id and the name of one that is there. */
function madeShape(row: NodeRow, context: WandbContext): Shape {
  if (mayRead(context.reader, row)) return projectShape(row, context);
  const team = String(row.props.teamName);
  const [id, entity] = [wireId('Project', row.id), entityShape(team)];
  return { __typename: 'Project', id, name: row.name, entityName: team, entity };
}

async function projectOrNull(args: ProjectArguments, context: WandbContext): Promise<Shape | null> {
  const row = await findProject(context, args);
  return row && projectShape(row, context);
}

/** How a project shows as wandb's type `Project`. */
export function projectShape(row: NodeRow, context: WandbContext): Shape {
  const team = String(row.props.teamName);
  return {
    __typename: 'Project',
    id: wireId('Project', row.id),
    internalId: String(row.since),
    name: row.name,
    entityName: team,
    entity: entityShape(team),
    description: () => personalTextOf(context.hub, row.props, 'description'),
    access: 'PRIVATE',
    views: null,
    createdAt: wireTime(row.recordedAt),
    isBenchmark: false,
    readOnly: !isAllowed(context, 'record.write', row),
    user: null,
    ...runFieldsOf(row, context),
    ...artifactFieldsOf(row, context),
  };
}

function runFieldsOf(row: NodeRow, context: WandbContext) {
  const run = async ({ name }: NameArgument) => {
    const found = await findRun(context, row, name);
    if (found) context.notes.opened(found);
    return found && context.shapes.run(found, context);
  };
  return {
    run,
    bucket: run,
    runs: (args: RunListArguments) => runConnection(row, args, context),
    runCount: (args: RunListArguments) => runCount(row, args, context),
  };
}

function artifactFieldsOf(row: NodeRow, context: WandbContext) {
  return {
    artifact: async ({ name }: NameArgument) => {
      const version = await versionByName(context, row, name);
      if (version) context.notes.opened(version);
      return version && context.shapes.version(version, context);
    },
    artifactCollectionMembership: async ({ name }: NameArgument) => {
      const version = await versionByName(context, row, name);
      if (version) context.notes.opened(version);
      return version && context.shapes.membership(version, context);
    },
    artifactCollection: async ({ name }: NameArgument) => {
      const collection = await collectionByName(context, row, name);
      if (collection) context.notes.opened(collection);
      return collection && context.shapes.collection(collection, context);
    },
    artifactType: ({ name }: NameArgument) => artifactType(row, name, context),
    artifactTypes: (args: PageArguments) => artifactTypeConnection(row, args, context),
  };
}

/** Every project that the reader may see, latest first. */
async function projectsOf({ hub, reader }: WandbContext): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  let after: NodeRow | undefined;
  do {
    const page: readonly NodeRow[] = await hub.store.list({
      scope: reader.scope,
      kinds: ['PROJECT'],
      order: 'recent',
      after,
      limit: PAGE_ROWS_MAX,
    });
    rows.push(...page);
    after = page.length < PAGE_ROWS_MAX ? undefined : page.at(-1);
  } while (after);
  return rows;
}

import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { Shape, Shapes, WandbContext } from './wandb-context.ts';

/**
 * Fields of runs, versions and collections that tell no more than a list or a walk does, or lead
 * on to other things. Whoever asks for another field opens the thing.
 */
const THIN_FIELDS: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'name',
  'createdAt',
  'project',
  'projectId',
  'versionIndex',
  'artifactSequence',
  'artifactMemberships',
  'artifactType',
  'defaultArtifactType',
  'artifactMembership',
  'latestArtifact',
  'artifacts',
  'inputArtifacts',
  'outputArtifacts',
]);

/** The same shapes, of which the access log hears when they are opened. */
export function openedShapes(shapes: Shapes): Shapes {
  const noting =
    (shapeOf: Shapes['run']): Shapes['run'] =>
    (row, context) =>
      noted(shapeOf(row, context), row, context);
  const { run, version, collection } = shapes;
  return {
    ...shapes,
    run: noting(run),
    version: noting(version),
    collection: noting(collection),
  };
}

/** The executor reads of a shape the fields that are asked for, and no others. */
function noted(shape: Shape, row: NodeRow, { notes }: WandbContext): Shape {
  return new Proxy(shape, {
    get: (target, name) => {
      const isField = typeof name === 'string' && Object.hasOwn(target, name);
      if (isField && !THIN_FIELDS.has(name)) notes.opened(row);
      return Reflect.get(target, name);
    },
  });
}

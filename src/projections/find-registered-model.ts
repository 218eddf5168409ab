import { invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { parseThingPath, projectId, registeredModelId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkPathName } from '../domain/values/text.ts';
import { type NameSource, projectIdOf } from './find-by-path.ts';
import type { Reader } from './readable-by.ts';

/** As many registered models of one name tell that the name alone means none of them. */
const NAMESAKES_LOOKED_FOR = 2;

/** Where names of registered models are looked up, and by whom. */
export interface RegistrySource extends NameSource {
  readonly reader: Pick<Reader, 'scope'>;
}

/** The place of a registered model, whether it is there yet or not. */
export interface RegistryPlace {
  readonly project: NodeId;
  readonly model: string;
}

/**
 * The id of the registered model that a text names: `team/project/name`, or the name alone, which
 * means the only registered model so called among those that the reader may read. What others
 * keep elsewhere under that name makes no difference and does not show.
 */
export async function registeredModelNamed(
  text: string,
  source: RegistrySource,
): Promise<NodeId | null> {
  if (text.includes('/')) {
    const { project, model } = placeOfPath(text, source.org);
    return registeredModelId(source.org, project, model);
  }
  const [found, other] = await readableNamesakes(text, source);
  if (other) throw ambiguous(text);
  return found?.id ?? null;
}

/** Where a version is to be registered. A name alone means a registered model that is there. */
export async function registryPlace(
  { model, project }: { readonly model: string; readonly project: string | null },
  source: RegistrySource,
): Promise<RegistryPlace> {
  const { org } = source;
  const stated = project === null ? null : projectIdOf(org, project);
  if (model.includes('/')) {
    const place = placeOfPath(model, org);
    if (stated === null || stated === place.project) return place;
    throw invalidInput(
      'the path of the registered model leads to another project than the one named',
    );
  }
  if (stated !== null) return { project: stated, model };
  const [found, other] = await readableNamesakes(model, source);
  if (other) throw ambiguous(model);
  if (found?.project) return { project: found.project, model: found.name };
  throw invalidInput(
    `there is no registered model ${shown(model)}: name the project in which to make it`,
  );
}

function placeOfPath(path: string, org: string): RegistryPlace {
  const { name, ...project } = parseThingPath(path);
  return { project: projectId(org, project), model: name };
}

function readableNamesakes(
  name: string,
  { reader, store }: RegistrySource,
): Promise<readonly NodeRow[]> {
  return store.list({
    scope: reader.scope,
    kinds: ['REGISTERED_MODEL'],
    name: checkPathName(name, "the registered model's name"),
    order: 'id',
    limit: NAMESAKES_LOOKED_FOR,
  });
}

function ambiguous(name: string) {
  return invalidInput(
    `several registered models are called ${shown(name)}: ask by "team/project/name"`,
  );
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

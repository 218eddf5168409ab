import { type Digest, sha256 } from '../domain/digest.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json, JsonObject } from '../domain/values/value.ts';
import { effectiveConfig } from './effective-config.ts';

/** Parts of an environment that change what the same code does; machines and paths are none. */
const ENVIRONMENT_PARTS: readonly string[] = ['docker', 'image', 'packages', 'python'];

/**
 * What makes two runs the same experiment, as SHA-256 over the RFC 8785 text of
 *
 *     {"code": {"commit", "repository"} or null,
 *      "config": the effective config, encoded,
 *      "data": the sorted digests of the versions that it read, each once,
 *      "environment": those of docker, image, packages and python that are stated; packages
 *        that are on record as a list count by the digest of the list,
 *      "v": 1}
 *
 * A version without a digest counts by its id. The effective config is the config with its
 * defaults filled in, so that a value counts the same whether it was left alone or chosen. Names,
 * tags, jobs, machines, times and results do not count.
 *
 * Null where that says nothing or is not known: the run states neither a commit nor a config, or
 * it ran code that differed from the commit (`dirty` is true). A run of which it is not known
 * whether its code was dirty is taken to be clean.
 */
export function experimentHash(
  { props }: Pick<NodeRow, 'props'>,
  inputs: ReadonlyArray<Pick<NodeRow, 'id' | 'props'>>,
): Digest | null {
  const config = effectiveConfig((props.config ?? {}) as JsonObject);
  const code = (props.code ?? null) as JsonObject | null;
  const commit = code?.commit ?? null;
  if (code?.dirty === true) return null;
  if (commit === null && Object.keys(config).length === 0) return null;
  const content: JsonObject = {
    v: 1,
    code: commit === null ? null : { commit, repository: code?.repository ?? null },
    config,
    data: [...new Set(inputs.map(contentOf))].sort(),
    environment: environmentOf(props),
  };
  return sha256(canonicalJson(content));
}

function contentOf({ id, props }: Pick<NodeRow, 'id' | 'props'>): string {
  return typeof props.digest === 'string' ? props.digest : id;
}

/** A list of packages that is on record counts by its digest. */
function environmentOf({ environment: said, packages }: JsonObject): JsonObject {
  const recorded = (packages as JsonObject | undefined)?.digest;
  const own = (said ?? {}) as JsonObject;
  const environment = recorded === undefined ? own : { ...own, packages: recorded };
  const stated = ENVIRONMENT_PARTS.filter((part) => Object.hasOwn(environment, part));
  return Object.fromEntries(stated.map((part) => [part, environment[part] as Json]));
}

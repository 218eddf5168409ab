import { Readable } from 'node:stream';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { publicRepositoryAddress } from '../../domain/lineage/repository-address.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { ValueObject } from '../../domain/values/value.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';
import { ENVIRONMENT_FIELDS } from './run-config.ts';

/** Largest of the files that are looked into, in bytes. */
export const LOOKED_INTO_BYTES_MAX = 8 * 1024 * 1024;

const CLEANING: Readonly<Record<string, (text: string) => string>> = {
  'wandb-metadata.json': cleanMetadata,
  'config.yaml': cleanConfigYaml,
};

/**
 * The bytes of a run's file as they are kept. Objects cannot be erased person by person, so the
 * two files in which the SDK reports host, account and paths come without them; the hub keeps
 * those encrypted with the run. Every other file is kept as it came.
 */
export async function withoutPersonal(
  name: string,
  bytes: Readable | Uint8Array,
): Promise<Readable | Uint8Array> {
  const clean = Object.hasOwn(CLEANING, name) ? CLEANING[name] : undefined;
  if (!clean) return bytes;
  return Buffer.from(clean(await textOf(name, bytes)), 'utf8');
}

function cleanMetadata(text: string): string {
  const metadata = parseLosslessJson(text);
  if (!isValueObject(metadata)) throw invalidInput('wandb-metadata.json is no JSON object');
  const kept = Object.entries(metadata).filter(
    ([key]) => key === 'startedAt' || (ENVIRONMENT_FIELDS as readonly string[]).includes(key),
  );
  if (isValueObject(metadata.git)) kept.push(['git', cleanGit(metadata.git)]);
  return jsonTextOf(Object.fromEntries(kept));
}

function cleanGit({ remote, commit }: ValueObject): ValueObject {
  return {
    remote: typeof remote === 'string' ? publicRepositoryAddress(remote) : null,
    commit: commit ?? null,
  };
}

/** Leaves out the block under `_wandb:`, which repeats what the metadata says. */
function cleanConfigYaml(text: string): string {
  let inside = false;
  const kept = text.split('\n').filter((line) => {
    if (/^[^\s#]/.test(line)) inside = /^["']?_wandb["']?\s*:/.test(line);
    return !inside;
  });
  return kept.join('\n');
}

async function textOf(name: string, bytes: Readable | Uint8Array): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes instanceof Readable ? bytes : [bytes]) {
    size += (chunk as Buffer).length;
    if (size > LOOKED_INTO_BYTES_MAX) {
      throw new DomainError(
        'LIMIT_EXCEEDED',
        `${name} has more than ${LOOKED_INTO_BYTES_MAX} bytes`,
      );
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

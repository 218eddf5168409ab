import { Readable } from 'node:stream';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { publicRepositoryAddress } from '../../domain/lineage/repository-address.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';
import { hasPersonalTraces } from './personal-traces.ts';
import { commitOf } from './run-config.ts';
import { environmentOf } from './run-environment.ts';

/** Largest of the files that are looked into, in bytes. */
export const LOOKED_INTO_BYTES_MAX = 8 * 1024 * 1024;

const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]{1,32}(Z|[+-]\d{2}:\d{2})?$/;

const CLEANING: Readonly<Record<string, (text: string) => string>> = {
  'wandb-metadata.json': cleanMetadata,
  'config.yaml': cleanConfigYaml,
  'requirements.txt': cleanLines,
  'conda-environment.yaml': cleanLines,
};

/**
 * The bytes of a run's file as they are kept. Objects cannot be erased person by person, so the
 * files in which the SDK reports host, account and paths by itself come without them; the hub
 * keeps host and account encrypted with the run. Every other file is kept as it came.
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
  const { startedAt, git } = metadata;
  return jsonTextOf({
    ...environmentOf(metadata),
    ...(isTime(startedAt) ? { startedAt } : {}),
    ...(isValueObject(git) ? { git: cleanGit(git) } : {}),
  });
}

function cleanGit({ remote, commit }: ValueObject): ValueObject {
  return {
    remote: typeof remote === 'string' ? publicRepositoryAddress(remote) : null,
    commit: commitOf(commit),
  };
}

function isTime(value: Value | undefined): value is string {
  return typeof value === 'string' && TIME.test(value);
}

/** Leaves out lines that name places on a disk, as lists of installed packages do. */
function cleanLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !hasPersonalTraces(line))
    .join('\n');
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

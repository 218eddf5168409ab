import type { CodeRevision } from '../../commands/create-run.ts';
import { invalidInput } from '../../domain/errors.ts';
import { publicRepositoryAddress } from '../../domain/lineage/repository-address.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import {
  decodeValue,
  encodeValue,
  type Json,
  type JsonObject,
  type Value,
  type ValueObject,
} from '../../domain/values/value.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';
import { hasPersonalTraces, objectWithoutTraces } from './personal-traces.ts';
import { environmentOf } from './run-environment.ts';

/** The key under which the SDK keeps its own notes within the config. */
const SDK_KEY = '_wandb';
/** The part of a node's `client` that belongs to this door. */
export const CLIENT_KEY = 'wandb';

/**
 * The notes that a resume and the public API read back: telemetry, definitions of metrics,
 * versions, where a fork began. Whatever else the SDK notes is not taken.
 */
const KEPT_NOTES: readonly string[] = ['t', 'cli_version', 'python_version', 'branch_point'];
/** Names of metrics, which people choose as they choose the metrics. */
const METRICS_NOTE = 'm';

export type PersonalField = 'notes' | 'host' | 'program' | 'login';
export type PersonalTexts = Partial<Record<PersonalField, string>>;

/** A config of the SDK, taken apart. What it does not speak of is undefined. */
export interface SplitConfig {
  /** Encoded; the keys that people set, without the SDK's wrapping. */
  readonly config: JsonObject;
  /** Encoded; the SDK's own notes that are no personal data. */
  readonly client: JsonObject | undefined;
  readonly environment: JsonObject | undefined;
  readonly code: CodeRevision | undefined;
  readonly personal: PersonalTexts;
}

/** Takes the JSON text `{key: {"value": ...}}` apart into what the hub keeps where. */
export function splitConfig(text: string): SplitConfig {
  const parsed = parseLosslessJson(text);
  if (!isValueObject(parsed)) throw invalidInput('the config is not a JSON object');
  const { [SDK_KEY]: wrapped, ...own } = parsed;
  const config = Object.fromEntries(
    Object.entries(own).map(([key, entry]) => [key, valueOfEntry(entry)]),
  );
  const notes = wrapped === undefined ? undefined : valueOfEntry(wrapped);
  if (!isValueObject(notes)) return { ...nothing, config: encodeValue(config) as JsonObject };
  const writer = latestWriter(notes.e);
  return {
    config: encodeValue(config) as JsonObject,
    client: encodeValue(keptNotes(notes)) as JsonObject,
    environment: writer && (encodeValue(environmentOf(writer)) as JsonObject),
    code: writer && codeOf(writer),
    personal: writer ? personalOf(writer) : {},
  };
}

/** Whether the config names processes that write to the run, as it does after their start. */
export function speaksOfWriters(text: string): boolean {
  const parsed = parseLosslessJson(text);
  const notes = isValueObject(parsed) ? valueOfEntry(parsed[SDK_KEY] ?? null) : null;
  return isValueObject(notes) && isValueObject(notes.e) && Object.keys(notes.e).length > 0;
}

/** The config as the SDK wants it back. */
export function joinConfig(config: Json | undefined, client: Json | undefined): string {
  const own = config === undefined ? {} : decodeValue(config);
  const entries: [string, Value][] = Object.entries(isValueObject(own) ? own : {}).map(
    ([key, value]) => [key, { value }],
  );
  const notes = sdkNotes(client);
  if (notes !== undefined) entries.push([SDK_KEY, { value: notes }]);
  return jsonTextOf(Object.fromEntries(entries));
}

/** The named parts of the SDK's notes, as JSON text. */
export function pickSdkNotes(client: Json | undefined, keys: readonly string[]): string {
  const notes = sdkNotes(client) ?? {};
  const picked = Object.entries(notes).filter(([key]) => keys.includes(key));
  return jsonTextOf(Object.fromEntries(picked));
}

const nothing = {
  client: undefined,
  environment: undefined,
  code: undefined,
  personal: {},
} as const;

function sdkNotes(client: Json | undefined): ValueObject | undefined {
  const part = (client as JsonObject | undefined)?.[CLIENT_KEY];
  const notes = part === undefined ? undefined : decodeValue(part);
  return isValueObject(notes) ? notes : undefined;
}

function valueOfEntry(entry: Value): Value {
  return isValueObject(entry) && Object.hasOwn(entry, 'value') ? (entry.value as Value) : entry;
}

/** Each process that wrote to the run has its entry; the one that started last speaks. */
function latestWriter(writers: Value | undefined): ValueObject | undefined {
  if (!isValueObject(writers)) return undefined;
  return Object.values(writers)
    .filter(isValueObject)
    .sort((a, b) => (String(a.startedAt) < String(b.startedAt) ? 1 : -1))[0];
}

function keptNotes(notes: ValueObject): ValueObject {
  const kept = Object.entries(notes).filter(([key]) => KEPT_NOTES.includes(key));
  const clean = objectWithoutTraces(Object.fromEntries(kept));
  const { [METRICS_NOTE]: metrics } = notes;
  return metrics === undefined ? clean : { ...clean, [METRICS_NOTE]: metrics };
}

function codeOf({ git }: ValueObject): CodeRevision | undefined {
  if (!isValueObject(git)) return undefined;
  const remote = textOf(git.remote) ?? textOf(git.remoteUrl);
  return {
    repository: remote === undefined ? null : publicRepositoryAddress(remote),
    commit: commitOf(git.commit),
    dirty: null,
  };
}

/** The id of a commit, unless it is something else that speaks of a person. */
export function commitOf(said: Value | undefined): string | null {
  const commit = textOf(said);
  return commit === undefined || hasPersonalTraces(commit) ? null : commit;
}

function personalOf(writer: ValueObject): PersonalTexts {
  const [host, program] = [textOf(writer.host), textOf(writer.program)];
  const login = textOf(writer.email) ?? textOf(writer.username);
  return {
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(login === undefined ? {} : { login }),
  };
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

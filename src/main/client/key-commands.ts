import type { Command } from 'commander';
import { ClientError } from './client-error.ts';
import { jsonDocument, jsonLines, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { ACTOR_ARGUMENT, actorName, findActor } from './find-actor.ts';
import type { HubClient } from './hub-client.ts';
import { type Column, printList, shapeOf } from './list-output.ts';
import { say, sayJson, sayKey, tellWarnings } from './say.ts';
import { spanHours, timeAhead } from './time-span.ts';

interface KeyAnswer {
  readonly id: string;
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly revoked: boolean;
  readonly revokedAt: string | null;
  readonly actions: readonly string[] | null;
  readonly scope: string | null;
  readonly replacedBy: string | null;
  readonly lastUsedAt: string | null;
}

interface CreateOptions {
  readonly expires: string;
  readonly action?: readonly string[];
  readonly scope?: string;
  readonly json?: true;
}

interface OneKeyOptions {
  readonly actor?: string;
  readonly json?: true;
}

const KEY_ARGUMENT = 'id of the key, as `key list` shows it';
const WHOSE = 'whose it is; needed for keys of the first release alone';

export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('API keys');
  withExamples(key, 'ledgerline key list');
  addCreate(key);
  const list = key
    .command('list')
    .description('list the API keys of an actor, ended ones too')
    .argument('[actor]', `${ACTOR_ARGUMENT}; yourself when left out`)
    .addOption(jsonLines())
    .action(listKeys);
  withExamples(list, 'ledgerline key list', 'ledgerline key list main/trainer --json');
  addRotate(key);
  addRevoke(key);
}

function addCreate(key: Command): void {
  const create = key
    .command('create')
    .description(
      'make an API key and print it, once; takes access.manage where the actor is at home and ' +
        'wherever the actor has a role',
    )
    .argument('<actor>', ACTOR_ARGUMENT)
    .requiredOption('--expires <when>', 'when it ends: 90d, 2027-01-31 or a time', (text) =>
      timeAhead(text),
    )
    .option('--action <permission...>', 'what it is good for; all that the actor may do else')
    .option('--scope <scope>', 'where it is good: team/<team> or project/<team>/<project>')
    .addOption(jsonDocument())
    .action(createKey);
  withExamples(
    create,
    'ledgerline key create main/trainer --expires 90d',
    'ledgerline key create main/trainer --expires 12h --action record.read \\',
    '  --scope project/main/churn > reader.key',
  );
}

function addRotate(key: Command): void {
  const rotate = key
    .command('rotate')
    .description('make a key in the place of another, with its limits, and print it, once')
    .argument('<key>', KEY_ARGUMENT)
    .option('--overlap <span>', 'how long the old key goes on: 0h to 7d; 24h else', spanHoursOf)
    .option('--actor <actor>', WHOSE)
    .addOption(jsonDocument())
    .action(rotateKey);
  withExamples(rotate, 'ledgerline key rotate "$KEY_ID" --overlap 24h');
}

function addRevoke(key: Command): void {
  const revoke = key
    .command('revoke')
    .description('end a key at once')
    .argument('<key>', KEY_ARGUMENT)
    .option('--reason <text>', 'why; kept on record')
    .option('--actor <actor>', WHOSE)
    .addOption(jsonDocument())
    .action(revokeKey);
  withExamples(revoke, `ledgerline key revoke "$KEY_ID" --reason 'the laptop was lost'`);
}

/**
 * A key itself must not be typed: it would stand in the shell's history, and in the audit log.
 * The refusal is no fault of the command line, since such a fault would repeat what was typed.
 */
function checkKeyId(text: string): void {
  if (!/^ledgerline[-_]/.test(text)) return;
  throw new ClientError(
    'that is a key and not its id; keep keys out of command lines; `key list` shows ids',
  );
}

/** Commander hands on what was given before; a span is read on its own. */
function spanHoursOf(text: string): number {
  return spanHours(text);
}

async function createKey(text: string, options: CreateOptions): Promise<void> {
  const hub = connect();
  const actor = await findActor(hub, text);
  const { expires: expiresAt, action: actions, scope } = options;
  const { createApiKey: made } = await hub.ask<{
    createApiKey: { key: string | null; apiKey: KeyAnswer };
  }>('createApiKey', { input: { actor: actor.id, expiresAt, actions, scope } });
  if (shapeOf(options) === 'json') return sayJson(made);
  const { key, apiKey } = made;
  sayKey(shown(key), `key ${apiKey.id} of ${actorName(actor)}, ${endOf(apiKey)}, shown this once:`);
}

async function rotateKey(
  key: string,
  { overlap: overlapHours, ...options }: OneKeyOptions & { readonly overlap?: number },
): Promise<void> {
  checkKeyId(key);
  const hub = connect();
  const actor = await idOfOwner(hub, options);
  const { rotateApiKey: made } = await hub.ask<{
    rotateApiKey: { key: string | null; apiKey: KeyAnswer; replaced: KeyAnswer };
  }>('rotateApiKey', { input: { key, actor, overlapHours } });
  if (shapeOf(options) === 'json') return sayJson(made);
  const { apiKey, replaced } = made;
  sayKey(
    shown(made.key),
    `key ${apiKey.id}, ${endOf(apiKey)}, shown this once; ` +
      `the old one, ${replaced.prefix}..., ends ${replaced.expiresAt}:`,
  );
}

async function revokeKey(
  key: string,
  { reason, ...options }: OneKeyOptions & { readonly reason?: string },
): Promise<void> {
  checkKeyId(key);
  const hub = connect();
  const actor = await idOfOwner(hub, options);
  const { revokeApiKey: ended } = await hub.ask<{
    revokeApiKey: { apiKey: KeyAnswer; warnings: string[] };
  }>('revokeApiKey', { input: { key, actor, reason } });
  if (shapeOf(options) === 'json') return sayJson(ended);
  say(`revoked: ${ended.apiKey.prefix}... ${ended.apiKey.id}`);
  tellWarnings(ended.warnings);
}

async function idOfOwner(hub: HubClient, { actor }: OneKeyOptions): Promise<string | undefined> {
  return actor === undefined ? undefined : (await findActor(hub, actor)).id;
}

function shown(key: string | null): string {
  if (key !== null) return key;
  throw new ClientError('the key was made by an earlier request and is not shown again');
}

function endOf({ expiresAt }: KeyAnswer): string {
  return expiresAt === null ? 'which never ends by itself' : `good until ${expiresAt}`;
}

const COLUMNS: readonly Column<KeyAnswer>[] = [
  { header: 'prefix', of: ({ prefix }) => prefix },
  { header: 'state', of: (key) => stateOf(key, Date.now()) },
  { header: 'expires', of: ({ expiresAt }) => expiresAt ?? 'never' },
  { header: 'last used', of: ({ lastUsedAt }) => lastUsedAt },
  { header: 'actions', of: ({ actions }) => actions?.join(',') ?? 'all' },
  { header: 'scope', of: ({ scope }) => scope ?? 'all' },
  { header: 'id', of: ({ id }) => id },
];

function stateOf({ revoked, expiresAt }: KeyAnswer, nowMs: number): string {
  if (revoked) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? 'expired' : 'good';
}

async function listKeys(text: string | undefined, options: { json?: true }): Promise<void> {
  await printList(await keysOf(connect(), text), COLUMNS, shapeOf(options));
}

async function keysOf(hub: HubClient, text: string | undefined): Promise<readonly KeyAnswer[]> {
  type Owner = { readonly apiKeys: readonly KeyAnswer[] | null } | null;
  const owner =
    text === undefined
      ? (await hub.ask<{ viewer: Owner }>('viewerApiKeys')).viewer
      : (await hub.ask<{ actor: Owner }>('apiKeys', { id: (await findActor(hub, text)).id })).actor;
  if (owner?.apiKeys) return owner.apiKeys;
  throw new ClientError(
    "an actor's keys are shown to the actor and to who manages access where the actor is at home",
    { missing: ['access.manage'] },
  );
}

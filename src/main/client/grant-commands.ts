import type { Command } from 'commander';
import { ROLES, type Role } from '../../domain/governance/permissions.ts';
import { ClientError } from './client-error.ts';
import { jsonDocument, jsonLines, oneOf, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { ACTOR_ARGUMENT, type ActorAnswer, actorName, findActor } from './find-actor.ts';
import type { HubClient } from './hub-client.ts';
import { type Column, printList, shapeOf } from './list-output.ts';
import { say, sayJson, tellWarnings } from './say.ts';
import { timeAhead } from './time-span.ts';

export interface GrantAnswer {
  readonly id: string;
  readonly role: string;
  readonly scope: string;
  readonly expiresAt: string | null;
  readonly grantedAt: string | null;
  readonly grantedBy: { readonly id: string; readonly name: string } | null;
  readonly reason: string | null;
}

interface AddOptions {
  readonly reason: string;
  readonly expires?: string;
  readonly json?: true;
}

interface RevokeOptions {
  readonly reason?: string;
  readonly actor?: string;
  readonly json?: true;
}

type GivenToAdd = [actor: string, role: Role, scope: string, options: AddOptions];

const SCOPE_ARGUMENT = 'org, team/<team> or project/<team>/<project>';

export function addGrantCommands(program: Command): void {
  const grant = program.command('grant').description('roles that actors have in a scope');
  withExamples(grant, 'ledgerline grant list');
  addAdd(grant);
  const list = grant
    .command('list')
    .description('list the grants of an actor, in the scopes that you may know of')
    .argument('[actor]', `${ACTOR_ARGUMENT}; yourself when left out`)
    .addOption(jsonLines())
    .action(listGrants);
  withExamples(list, 'ledgerline grant list', 'ledgerline grant list main/trainer --json');
  const revoke = grant
    .command('revoke')
    .description('end a grant at once; takes access.manage on its scope')
    .argument('<grant>', 'id of the grant, as `grant list` shows it')
    .option('--reason <text>', 'why')
    .option('--actor <actor>', 'whose it is; needed for grants of the first release alone')
    .addOption(jsonDocument())
    .action(revokeGrant);
  withExamples(revoke, `ledgerline grant revoke "$GRANT_ID" --reason 'the project ended'`);
}

function addAdd(grant: Command): void {
  const add = grant
    .command('add')
    .description('grant a role; takes access.manage on the scope and all that the role permits')
    .argument('<actor>', ACTOR_ARGUMENT)
    .argument('<role>', ROLES.map((role) => role.toLowerCase()).join(', '), oneOf(ROLES))
    .argument('<scope>', SCOPE_ARGUMENT)
    .requiredOption('--reason <text>', 'why; kept on record')
    .option('--expires <when>', 'when it ends: 90d, 2027-01-31 or a time', (text) =>
      timeAhead(text),
    )
    .addOption(jsonDocument())
    .action((...given: GivenToAdd) => addGrant(given));
  withExamples(
    add,
    'ledgerline grant add main/trainer contributor project/main/churn \\',
    "  --reason 'trains the churn model' --expires 90d",
  );
}

async function addGrant([actor, role, scope, options]: GivenToAdd): Promise<void> {
  const hub = connect();
  const { id } = await findActor(hub, actor);
  const { reason, expires: expiresAt } = options;
  const { grant: made } = await hub.ask<{
    grant: { grant: GrantAnswer | null; actor: ActorAnswer; warnings: string[] };
  }>('grant', { input: { to: id, role, scope, reason, expiresAt } });
  if (shapeOf(options) === 'json') return sayJson(made);
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  say(
    `${actorName(made.actor)} is ${role} on ${scope}${until}: ${made.grant?.id ?? 'revoked since'}`,
  );
  tellWarnings(made.warnings);
}

const COLUMNS: readonly Column<GrantAnswer>[] = [
  { header: 'role', of: ({ role }) => role },
  { header: 'scope', of: ({ scope }) => scope },
  { header: 'expires', of: ({ expiresAt }) => expiresAt ?? 'never' },
  { header: 'granted by', of: ({ grantedBy }) => grantedBy?.name },
  { header: 'reason', of: ({ reason }) => reason },
  { header: 'id', of: ({ id }) => id },
];

async function listGrants(actor: string | undefined, options: { json?: true }): Promise<void> {
  await printList(await grantsOf(connect(), actor), COLUMNS, shapeOf(options));
}

async function grantsOf(hub: HubClient, text: string | undefined): Promise<readonly GrantAnswer[]> {
  type Holder = { readonly grants: readonly GrantAnswer[] } | null;
  const holder =
    text === undefined
      ? (await hub.ask<{ viewer: Holder }>('viewerGrants')).viewer
      : (await hub.ask<{ actor: Holder }>('grants', { id: (await findActor(hub, text)).id })).actor;
  if (!holder) throw new ClientError('there is no such actor');
  return holder.grants;
}

async function revokeGrant(grant: string, options: RevokeOptions): Promise<void> {
  const hub = connect();
  const { reason } = options;
  const from = options.actor === undefined ? undefined : (await findActor(hub, options.actor)).id;
  const { revokeGrant: ended } = await hub.ask<{ revokeGrant: { actor: ActorAnswer } }>(
    'revokeGrant',
    { input: { grant, from, reason } },
  );
  if (shapeOf(options) === 'json') return sayJson(ended);
  say(`${actorName(ended.actor)} has that role no longer: ${grant}`);
}

import type { Command } from 'commander';
import { ClientError } from './client-error.ts';
import { jsonDocument, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type ActorAnswer, actorName } from './find-actor.ts';
import type { GrantAnswer } from './grant-commands.ts';
import { shapeOf } from './list-output.ts';
import { say, sayJson } from './say.ts';

interface Viewer extends ActorAnswer {
  readonly grants: readonly GrantAnswer[];
}

export function addWhoamiCommand(program: Command): void {
  const command = program
    .command('whoami')
    .description('say whose key LEDGERLINE_KEY is, and which roles it brings')
    .addOption(jsonDocument())
    .action(whoami);
  withExamples(command, 'ledgerline whoami', 'ledgerline whoami --json');
}

async function whoami(options: { json?: true }): Promise<void> {
  const hub = connect();
  const { viewer } = await hub.ask<{ viewer: Viewer | null }>('viewer');
  if (!viewer) throw new ClientError(`the hub at ${hub.url} does not say who is asking`);
  if (shapeOf(options) === 'json') return sayJson(viewer);
  const kind = viewer.kind === 'PERSON' ? 'person' : 'service account';
  say(`${actorName(viewer)} (${kind}, ${viewer.id}) at ${hub.url}`);
  if (viewer.email) say(`e-mail ${viewer.email}`);
  say(`teams  ${viewer.teams.map(({ name }) => name).join(', ') || 'none'}`);
  for (const { role, scope, expiresAt } of viewer.grants) {
    say(`role   ${role} on ${scope}${expiresAt ? ` until ${expiresAt}` : ''}`);
  }
  if (viewer.grants.length === 0) say('role   none');
}

import type { Command } from 'commander';
import { jsonDocument, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { ACTOR_ARGUMENT, findActor } from './find-actor.ts';
import { findPlace } from './find-thing.ts';
import { shapeOf } from './list-output.ts';
import { say, sayJson } from './say.ts';

interface Explanation {
  readonly allowed: boolean;
  readonly permission: string;
  readonly place: string;
  readonly because: ReadonlyArray<{
    readonly id: string;
    readonly role: string;
    readonly scope: string;
    readonly expiresAt: string | null;
  }>;
  readonly missing: readonly string[];
  readonly reason: string;
}

interface Options {
  readonly actor?: string;
  readonly json?: true;
}

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('say whether an actor may do something, and which grants say so')
    .argument('<action>', 'the permission that it takes, such as record.read')
    .argument(
      '<subject>',
      'org, team/<team>, project/<team>/<project>, or the id or path of a thing',
    )
    .option('--actor <actor>', `${ACTOR_ARGUMENT}; yourself when left out`)
    .addOption(jsonDocument())
    .action(explain);
  withExamples(
    command,
    'ledgerline explain record.write project/main/churn --actor main/trainer',
    'ledgerline explain record.read main/churn/net:latest',
  );
}

async function explain(action: string, subject: string, options: Options): Promise<void> {
  const hub = connect();
  const actor = options.actor === undefined ? undefined : (await findActor(hub, options.actor)).id;
  const { explain: answer } = await hub.ask<{ explain: Explanation }>('explain', {
    actor,
    action,
    subject: await findPlace(hub, subject),
  });
  if (shapeOf(options) === 'json') return sayJson(answer);
  say(`${answer.allowed ? 'yes' : 'no'}: ${answer.reason}`);
  for (const { role, scope, expiresAt, id } of answer.because) {
    say(`  by ${role} on ${scope}${expiresAt ? ` until ${expiresAt}` : ''} (${id})`);
  }
  if (answer.missing.length > 0) say(`  missing ${answer.missing.join(', ')} on ${answer.place}`);
}

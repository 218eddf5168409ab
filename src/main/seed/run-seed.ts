import { ClientError } from '../client/client-error.ts';
import { connect } from '../client/connect.ts';
import type { HubClient } from '../client/hub-client.ts';
import { say, sayJson, tell } from '../client/say.ts';
import { type Played, playScenario } from './play-scenario.ts';
import { type Check, readBack } from './read-back.ts';
import { readScenario, SCENARIO_DEFAULT, scenarioNames } from './read-scenario.ts';
import type { Scenario } from './scenario-format.ts';

/** What whoever seeds must be allowed to do, each on the whole organization. */
const NEEDED = ['access.manage', 'audit.read', 'record.read'] as const;
const EXIT_DIFFERENT = 1;

/** Plays a scenario, reads it back, and says what to try next. */
export async function runSeed(
  name: string = SCENARIO_DEFAULT,
  options: { readonly json?: true; readonly list?: true } = {},
): Promise<void> {
  if (options.list) return listScenarios(options);
  const scenario = readScenario(name);
  const hub = connect();
  await requireAdministrator(hub);
  if (!options.json) tell(`playing ${scenario.scenario} into ${hub.url} ...`);
  const played = await playScenario(hub, scenario);
  const checks = await readBack(hub, played.known, scenario.expect);
  if (options.json) sayJson(documentOf(hub, scenario, { played, checks }));
  else for (const line of report(hub, scenario, { played, checks })) say(line);
  if (checks.some(({ fine }) => fine === 'no')) process.exitCode = EXIT_DIFFERENT;
}

function listScenarios({ json }: { readonly json?: true }): void {
  const scenarios = scenarioNames().map(readScenario);
  const listed = scenarios.map(({ scenario, title, about }) => ({ scenario, title, about }));
  if (json) sayJson(listed);
  else for (const { scenario, title } of listed) say(`${scenario}: ${title}`);
}

interface Explanation {
  readonly explain: { readonly allowed: boolean; readonly missing: readonly string[] | null };
}

/** Asked before anything is tried, so that a wrong key leaves half a world of nothing behind. */
async function requireAdministrator(hub: HubClient): Promise<void> {
  for (const action of NEEDED) {
    const { explain } = await hub.ask<Explanation>('explain', { action, subject: 'org' });
    if (explain.allowed) continue;
    throw new ClientError(
      `seeding needs ${action} on the organization; use the key of an administrator, such as the ` +
        'one that the first start of the hub printed',
      { code: 'FORBIDDEN', missing: explain.missing ?? [action], scope: 'org' },
    );
  }
}

interface Result {
  readonly played: Played;
  readonly checks: readonly Check[];
}

function documentOf({ url }: HubClient, scenario: Scenario, { played, checks }: Result) {
  const { done, already, indexes } = played;
  return {
    scenario: scenario.scenario,
    ...{ done, already, firstIndex: indexes[0], lastIndex: indexes.at(-1) },
    checks,
    try: scenario.try,
    graphiql: { url: `${url}/graphiql`, query: scenario.graphiql },
  };
}

function report({ url }: HubClient, scenario: Scenario, { played, checks }: Result): string[] {
  return [
    `${scenario.title}: ${scenario.about}`,
    '',
    summary(played),
    'Read back from the hub:',
    ...checks.map(checkLine),
    `Not played, as GraphQL has no door for it: metric histories, console lines, bytes of files.`,
    '',
    'Try next:',
    ...scenario.try.flatMap(({ why, run }) => [`  # ${why}`, `  ${run}`]),
    '',
    `In a browser: ${url}/graphiql asks for your key. A question to paste there:`,
    ...scenario.graphiql.split('\n').map((line) => `  ${line}`),
  ];
}

function summary({ done, already, indexes }: Played): string {
  const [first, last] = [indexes[0], indexes.at(-1)];
  if (done === 0) return `All ${already} acts are on record already; nothing was changed.`;
  const before = already === 0 ? '' : `; ${already} were on record already`;
  return `Played ${done} acts, entries ${first} to ${last} of the audit log${before}.`;
}

function checkLine({ says, expected, found, fine }: Check): string {
  if (fine === 'yes') return `  ok    ${says}`;
  return `  WRONG ${says}: expected ${expected}, found ${found}`;
}

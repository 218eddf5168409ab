import { createTeam } from '../../src/commands/create-team.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addService, type TestService } from './add-service.ts';
import { type GraphqlClient, openGraphqlClient } from './graphql-client.ts';
import { type AtEnd, openTestHub } from './open-hub.ts';
import { digestOf } from './record.ts';

/** A word that stands in everything the hidden project holds, and nowhere else. */
export const CANARY = 'kanarie';
/** As long as the canary, and known to nobody: what a stranger would ask for. */
export const TWIN = 'kwartel';

export const OPEN_PROJECT = 'main/open';
export const HIDDEN_TEAM = `${CANARY}-team`;
export const HIDDEN_PROJECT = `${HIDDEN_TEAM}/${CANARY}-project`;
/** A namespace of the hidden project, and one of a project that nobody has made. */
export const HIDDEN_NAMESPACE = `s3://${CANARY}-lake`;
const NAMESPACES = {
  [HIDDEN_NAMESPACE]: HIDDEN_PROJECT,
  [HIDDEN_NAMESPACE.replaceAll(CANARY, TWIN)]: HIDDEN_PROJECT.replaceAll(CANARY, TWIN),
};
/** A content that is registered in both projects. */
export const SHARED_DIGEST = digestOf(77);

export interface CanaryWorld {
  readonly hub: Hub;
  readonly client: GraphqlClient;
  /** May read the open project and nothing else. */
  readonly viewer: TestService;
  /** May write there. */
  readonly writer: TestService;
  /** Ids by a short name: `openRun`, `hiddenRun` and so on. */
  readonly ids: Readonly<Record<string, string>>;
}

/**
 * An open project whose run used a dataset of a hidden one, which in turn used the model that
 * came of it. Without the hidden one, the open one is exactly the same.
 */
export async function openCanaryWorld(
  hidden: 'with the hidden project' | 'without it',
  atEnd?: AtEnd,
): Promise<CanaryWorld> {
  const { hub } = await openTestHub(atEnd, { namespaces: NAMESPACES });
  const client = await openGraphqlClient(hub, atEnd);
  const world = new World(client);
  if (hidden === 'with the hidden project') {
    await hub.ledger.submit({
      command: createTeam,
      input: { name: HIDDEN_TEAM, ifExists: 'refuse' },
      actor: SYSTEM_ACTOR,
    });
    await world.project(HIDDEN_PROJECT, CANARY);
    await recordHidden(world);
  }
  await world.project(OPEN_PROJECT, 'in the open');
  await recordOpen(world);
  const viewer = await addService(hub, 'viewer', [['VIEWER', `project/${OPEN_PROJECT}`]]);
  const writer = await addService(hub, 'writer', [['CONTRIBUTOR', `project/${OPEN_PROJECT}`]]);
  if (hidden === 'with the hidden project') await joinBoth(world);
  return { hub, client, viewer, writer, ids: world.ids };
}

async function recordHidden(world: World): Promise<void> {
  await world.version('hiddenRaw', HIDDEN_PROJECT, 'DATASET', hiddenVersion('raw'));
  await world.run('hiddenRun', HIDDEN_PROJECT, hiddenRun('prepare'));
  await world.version('hiddenFeatures', HIDDEN_PROJECT, 'DATASET', {
    ...hiddenVersion('features'),
    aliases: [`${CANARY}-alias`],
  });
  await world.lineage(HIDDEN_PROJECT, 'hiddenRun', ['hiddenRaw'], ['hiddenFeatures']);
  const summary = { [`${CANARY}-score`]: CANARY };
  await world.call('finishRun', { run: world.ids.hiddenRun, summary }, 'run { id }');
  await world.version('hiddenTable', HIDDEN_PROJECT, 'DATASET', {
    ...hiddenVersion('table'),
    namespace: HIDDEN_NAMESPACE,
  });
  const same = { name: `${CANARY}-same`, digest: SHARED_DIGEST };
  await world.version('hiddenSame', HIDDEN_PROJECT, 'MODEL', same);
}

async function recordOpen(world: World): Promise<void> {
  const run = { name: 'train', job: 'training', config: { rate: 0.1 }, tags: ['first'] };
  await world.run('openRun', OPEN_PROJECT, run);
  const model = { name: 'net', files: filesOf('weights.bin'), aliases: ['best'] };
  await world.version('openModel', OPEN_PROJECT, 'MODEL', model);
  await world.version('openSame', OPEN_PROJECT, 'MODEL', { name: 'same', digest: SHARED_DIGEST });
  await world.version('openData', OPEN_PROJECT, 'DATASET', { name: 'own', digest: digestOf(5) });
  await world.lineage(OPEN_PROJECT, 'openRun', ['openData'], ['openModel']);
  await world.register('openModel', `${OPEN_PROJECT}/risk`, 'in the open');
  const done = { run: world.ids.openRun, summary: { loss: 0.2 } };
  await world.call('finishRun', done, 'run { id }');
}

async function joinBoth(world: World): Promise<void> {
  await world.lineage(OPEN_PROJECT, 'openRun', ['hiddenFeatures'], []);
  const bare = { namespace: HIDDEN_NAMESPACE, name: `${CANARY}-bare`, digest: SHARED_DIGEST };
  const named = { project: OPEN_PROJECT, run: world.ids.openRun, inputDatasets: [bare] };
  await world.call('recordLineage', named, 'fact { index }');
  await world.run('hiddenTuning', HIDDEN_PROJECT, hiddenRun('tune'));
  await world.version('hiddenModel', HIDDEN_PROJECT, 'MODEL', hiddenVersion('tuned'));
  await world.register('hiddenModel', `${OPEN_PROJECT}/risk`, CANARY);
  for (const name of ['hiddenModel', 'openModel']) {
    await world.register(name, `${HIDDEN_PROJECT}/${CANARY}-risk`, CANARY);
  }
  await world.lineage(HIDDEN_PROJECT, 'hiddenTuning', ['openModel'], ['hiddenModel']);
}

function hiddenRun(name: string) {
  return {
    name: `${CANARY}-${name}`,
    displayName: `${CANARY} run`,
    job: `${CANARY}-job`,
    group: `${CANARY}-group`,
    jobType: `${CANARY}-type`,
    tags: [`${CANARY}-tag`],
    config: { [`${CANARY}-key`]: { inner: CANARY } },
    environment: { host: `${CANARY}.example`, [`${CANARY}-package`]: '1.0' },
    code: { repository: `https://git.example/${CANARY}`, commit: 'f'.repeat(40), dirty: false },
    notes: `notes with a ${CANARY}`,
  };
}

function hiddenVersion(name: string) {
  return {
    name: `${CANARY}-${name}`,
    type: `${CANARY}-type`,
    files: filesOf(`${CANARY}/${name}.bin`),
    uri: `s3://${CANARY}/${name}`,
    metadata: { [`${CANARY}-field`]: CANARY },
    description: `described with a ${CANARY}`,
    identifiers: [`purl:pkg:generic/${CANARY}@${name}`],
  };
}

const filesOf = (path: string) => [{ path, sizeBytes: path.length, digest: digestOf(path.length) }];

type Lineage = readonly [project: string, run: string, inputs: string[], outputs: string[]];

class World {
  readonly ids: Record<string, string> = {};
  readonly #client: GraphqlClient;

  constructor(client: GraphqlClient) {
    this.#client = client;
  }

  async call(operation: string, input: object, selection: string) {
    const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${operation}(input: $input) { ${selection} } }`;
    return (await this.#client.get(query, { input }))[operation];
  }

  async project(path: string, description: string): Promise<void> {
    const [team, name] = path.split('/');
    const made = await this.call('createProject', { team, name, description }, 'project { id }');
    this.ids[path] = made.project.id;
  }

  async run(as: string, project: string, more: object): Promise<void> {
    this.ids[as] = (await this.call('createRun', { project, ...more }, 'run { id }')).run.id;
  }

  async version(as: string, project: string, kind: string, more: object): Promise<void> {
    const input = { project, kind, ...more };
    this.ids[as] = (await this.call('registerVersion', input, 'version { id }')).version.id;
  }

  async register(version: string, model: string, note: string): Promise<void> {
    const input = { version: this.ids[version], model, note };
    await this.call('register', input, 'registration { id }');
  }

  async lineage(...[project, run, inputs, outputs]: Lineage): Promise<void> {
    const id = (name: string) => this.ids[name] as string;
    const input = { project, run: id(run), inputs: inputs.map(id), outputs: outputs.map(id) };
    await this.call('recordLineage', input, 'fact { index }');
  }
}

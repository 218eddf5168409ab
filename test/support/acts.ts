import type { GraphqlClient } from './graphql-client.ts';
import { digestOf, recorder } from './record.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes inputs of mutations that succeed for who may; each call makes another. */
export class Acts {
  readonly #client: GraphqlClient;
  readonly #project: string;
  readonly #nowMs: () => number;
  #made = 0;

  /** `project` is where everything happens: "team/project". */
  constructor(client: GraphqlClient, project: string, nowMs: () => number) {
    this.#client = client;
    this.#nowMs = nowMs;
    this.#project = project;
  }

  /** Mutations that there are inputs for, by name. */
  get names(): string[] {
    return Object.keys(this.#inputs);
  }

  /** What the mutation needs is made first, by the administrator. */
  input(mutation: string): Promise<object> {
    const make = this.#inputs[mutation];
    if (!make) throw new Error(`test/support/acts.ts has no input for ${mutation}`);
    this.#made += 1;
    return make(this.#made);
  }

  async #make(mutation: string, input: object, selection: string) {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`;
    return (await this.#client.get(query, { input }))[mutation];
  }

  get #inputs(): Readonly<Record<string, (n: number) => Promise<object>>> {
    const project = this.#project;
    const record = recorder(this.#client);
    const run = (n: number) => record.run(project, `made-${n}`);
    const version = (n: number) =>
      record.version('MODEL', `${project}/made`, { digest: digestOf(10_000 + n) });
    const [team] = project.split('/');
    const expiresAt = new Date(this.#nowMs() + DAY_MS).toISOString();
    const account = async (n: number): Promise<string> => {
      const input = { team, name: `made-${n}` };
      return (await this.#make('createServiceAccount', input, 'serviceAccount { id }'))
        .serviceAccount.id;
    };
    const key = async (n: number) => {
      const actor = await account(n);
      const made = await this.#make('createApiKey', { actor, expiresAt }, 'apiKey { id }');
      return { actor, key: made.apiKey.id };
    };
    const role = { role: 'VIEWER', scope: `project/${project}`, reason: 'to try it out' };
    return {
      createTeam: async (n) => ({ name: `team-${n}` }),
      createPerson: async (n) => ({ name: 'Ada', email: `ada-${n}@example.com`, team }),
      createSignInKey: async (n) => {
        const input = { name: 'Ada', email: `key-${n}@example.com`, team };
        return { person: (await this.#make('createPerson', input, 'person { id }')).person.id };
      },
      createServiceAccount: async (n) => ({ team, name: `service-${n}` }),
      grant: async (n) => ({ to: await account(n), ...role }),
      revokeGrant: async (n) => {
        const to = await account(n);
        const { grant } = await this.#make('grant', { to, ...role }, 'grant { id }');
        return { grant: grant.id, from: to, reason: 'no longer' };
      },
      createApiKey: async (n) => ({ actor: await account(n), expiresAt }),
      rotateApiKey: key,
      revokeApiKey: key,
      register: async (n) => ({ version: await version(n), model: `model-${n}`, project }),
      createProject: async (n) => ({ team, name: `project-${n}` }),
      createRun: async (n) => ({ project, name: `run-${n}` }),
      updateRun: async (n) => ({ run: await run(n), tags: ['changed'] }),
      finishRun: async (n) => ({ run: await run(n) }),
      deleteRun: async (n) => {
        const id = await run(n);
        await this.#make('finishRun', { run: id }, 'fact { index }');
        return { run: id, reason: 'a trial' };
      },
      deleteVersion: async (n) => ({ version: await version(n), reason: 'a trial' }),
      stopRun: async (n) => ({ run: await run(n) }),
      recordLineage: async (n) => ({
        project,
        run: await run(n),
        inputs: [await version(n)],
        outputs: [],
      }),
      registerVersion: async (n) => ({
        project,
        kind: 'DATASET',
        name: 'data',
        digest: digestOf(20_000 + n),
      }),
      updateVersion: async (n) => ({ version: await version(n), tags: ['changed'] }),
      setAlias: async (n) => ({ version: await version(n), alias: `alias-${n}` }),
    };
  }
}

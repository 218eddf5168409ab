import type { GraphqlClient } from './graphql-client.ts';

/** Short ways to record things through the API, for tests that are about reading. */
export function recorder({ get }: GraphqlClient) {
  return {
    project: async (name: string): Promise<string> => {
      const query = `mutation ($name: String!) {
        createProject(input: { team: "main", name: $name }) { project { id } }
      }`;
      return (await get(query, { name })).createProject.project.id;
    },
    run: async (project: string, name: string, more: object = {}): Promise<string> => {
      const query = `mutation ($input: CreateRunInput!) {
        createRun(input: $input) { run { id } }
      }`;
      return (await get(query, { input: { project, name, ...more } })).createRun.run.id;
    },
    version: async (kind: string, path: string, more: object = {}): Promise<string> => {
      const [team, project, name] = path.split('/');
      const input = { project: `${team}/${project}`, kind, name, ...more };
      const query = `mutation ($input: RegisterVersionInput!) {
        registerVersion(input: $input) { version { id } }
      }`;
      return (await get(query, { input })).registerVersion.version.id;
    },
    lineage: async (run: string, inputs: string[], outputs: string[]): Promise<void> => {
      const { node } = await get(
        'query ($run: ID!) { node(id: $run) { ... on Run { project { id } } } }',
        { run },
      );
      const input = { project: node.project.id, run, inputs, outputs };
      const query = `mutation ($input: RecordLineageInput!) {
        recordLineage(input: $input) { fact { index } }
      }`;
      await get(query, { input });
    },
  };
}

/** A digest that differs with the number. */
export function digestOf(number: number): string {
  return `sha256:${number.toString(16).padStart(64, '0')}`;
}

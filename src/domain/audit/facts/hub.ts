import { z } from 'zod';
import { ROLES } from '../../governance/permissions.ts';
import { factType, id, leaf, nullableText, personal, personalProps } from '../fact-type.ts';

/** The first fact of each log: which organization it belongs to. */
export const organizationCreated = factType({
  type: 'organization.created',
  version: 1,
  fields: { name: leaf(z.string()) },
  changes: () => [],
});

export const teamCreated = factType({
  type: 'team.created',
  version: 1,
  fields: { team: leaf(z.strictObject({ id, name: z.string() })) },
  changes: ({ data: { team } }) => [
    { op: 'put', id: team.id, kind: 'TEAM', project: null, name: team.name, set: {} },
  ],
});

export const projectCreated = factType({
  type: 'project.created',
  version: 1,
  fields: {
    project: leaf(z.strictObject({ id, name: z.string(), incarnation: z.number().int() })),
    team: leaf(z.strictObject({ id, name: z.string() })),
    description: personal(),
  },
  changes: (fact) => {
    const { project, team } = fact.data;
    const set = {
      team: team.id,
      teamName: team.name,
      incarnation: project.incarnation,
      ...personalProps(fact, ['description']),
    };
    const { id: own, name } = project;
    return [{ op: 'put', id: own, kind: 'PROJECT', project: own, name, set }];
  },
});

export const serviceAccountCreated = factType({
  type: 'serviceAccount.created',
  version: 1,
  fields: {
    serviceAccount: leaf(z.strictObject({ id, name: z.string() })),
    team: leaf(z.strictObject({ id, name: z.string() })),
  },
  changes: ({ data: { serviceAccount, team } }) => [
    {
      op: 'put',
      id: serviceAccount.id,
      kind: 'AGENT',
      project: null,
      name: serviceAccount.name,
      set: { actorKind: 'SERVICE', team: team.id, teamName: team.name },
    },
  ],
});

const agent = z.strictObject({ id, name: z.string() });

export const roleGranted = factType({
  type: 'role.granted',
  version: 1,
  fields: {
    agent: leaf(agent),
    grant: leaf(
      z.strictObject({
        id,
        role: z.enum(ROLES),
        /** As it was asked for: `org`, `team/<team>` or `project/<team>/<project>`. */
        scope: z.string(),
        /** The team or project that the scope meant then; null for the organization. */
        scopeId: id.nullable(),
        expiresAt: nullableText,
      }),
    ),
    reason: personal(),
  },
  changes: (fact) => {
    const { agent: to, grant } = fact.data;
    const { id: own, name } = to;
    const set = { [`grant:${grant.id}`]: { ...grant, ...personalProps(fact, ['reason']) } };
    return [{ op: 'put', id: own, kind: 'AGENT', project: null, name, set }];
  },
});

const key = z.strictObject({ id, prefix: z.string(), expiresAt: nullableText });

/** Neither the key nor its hash is in the fact: the hash is a credential and kept apart. */
export const apiKeyCreated = factType({
  type: 'apiKey.created',
  version: 1,
  fields: { agent: leaf(agent), key: leaf(key) },
  changes: ({ data }) => {
    const { id: own, name } = data.agent;
    const set = { [`apiKey:${data.key.id}`]: { ...data.key, revoked: false } };
    return [{ op: 'put', id: own, kind: 'AGENT', project: null, name, set }];
  },
});

export const apiKeyRevoked = factType({
  type: 'apiKey.revoked',
  version: 1,
  fields: { agent: leaf(agent), key: leaf(key) },
  changes: ({ data }) => {
    const { id: own, name } = data.agent;
    const set = { [`apiKey:${data.key.id}`]: { ...data.key, revoked: true } };
    return [{ op: 'put', id: own, kind: 'AGENT', project: null, name, set }];
  },
});

import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../../governance/permissions.ts';
import type { PutNode } from '../../lineage/change.ts';
import type { Json } from '../../values/value.ts';
import {
  type FactView,
  factType,
  id,
  instant,
  leaf,
  nullableText,
  personal,
  personalProps,
} from '../fact-type.ts';

const named = z.strictObject({ id, name: z.string() });
const signInKey = z.strictObject({ id, prefix: z.string() });

/**
 * A person has no name in the graph but the pseudonym. The name and the e-mail are the person's
 * own personal values, under the person's own key, so that erasing the person takes them.
 */
export const personCreated = factType({
  type: 'person.created',
  version: 1,
  fields: {
    person: leaf(z.strictObject({ id })),
    team: leaf(named.nullable()),
    /** Null where people prove who they are elsewhere. */
    signInKey: leaf(signInKey.nullable()),
    name: personal(),
    email: personal(),
  },
  changes: (fact) => {
    const { person, team, signInKey: key } = fact.data;
    const home = team === null ? {} : { team: team.id, teamName: team.name };
    const keys = key === null ? {} : signInKeyProp(key, fact);
    const set = { actorKind: 'PERSON', ...home, ...keys };
    const { id: own } = person;
    return [putAgent({ id: own, name: own }, { ...set, ...personalProps(fact, NAMES) })];
  },
});

const NAMES = ['name', 'email'];

/** Another key for signing in, in place of every earlier one. */
export const signInKeyCreated = factType({
  type: 'signInKey.created',
  version: 1,
  fields: {
    agent: leaf(named),
    key: leaf(signInKey),
    ended: leaf(z.array(z.strictObject({ ...signInKey.shape, createdAt: instant }))),
  },
  changes: (fact) => {
    const { agent, key, ended } = fact.data;
    const over = ended.map((each) => [`signInKey:${each.id}`, { ...each, revoked: true }] as const);
    return [putAgent(agent, { ...Object.fromEntries(over), ...signInKeyProp(key, fact) })];
  },
});

/** The name is taken within its team by a node of its own, which a command can look for. */
export const serviceAccountCreatedV2 = factType({
  type: 'serviceAccount.created',
  version: 2,
  fields: { serviceAccount: leaf(named), team: leaf(named), nameNode: leaf(id) },
  changes: ({ data: { serviceAccount, team, nameNode } }) => [
    putAgent(serviceAccount, { actorKind: 'SERVICE', team: team.id, teamName: team.name }),
    {
      op: 'put',
      id: nameNode,
      kind: 'ALIAS',
      project: null,
      name: serviceAccount.name,
      set: { agent: serviceAccount.id },
    },
  ],
});

const grant = {
  id,
  role: z.enum(ROLES),
  /** As it was asked for: `org`, `team/<team>` or `project/<team>/<project>`. */
  scope: z.string(),
  /** The team or project that the scope meant then; null for the organization. */
  scopeId: id.nullable(),
  expiresAt: nullableText,
};

export const roleGrantedV2 = factType({
  type: 'role.granted',
  version: 2,
  fields: {
    agent: leaf(named),
    grant: leaf(z.strictObject(grant)),
    grantedBy: leaf(id),
    reason: personal(),
  },
  changes: (fact) => {
    const { agent, grant: given, grantedBy } = fact.data;
    const more = { grantedBy, grantedAt: fact.recordedAt, ...personalProps(fact, ['reason']) };
    return [putAgent(agent, { [`grant:${given.id}`]: { ...given, ...more } })];
  },
});

export const roleRevoked = factType({
  type: 'role.revoked',
  version: 1,
  fields: {
    agent: leaf(named),
    /** The whole grant. Who granted it, and when, is null for what a first release granted. */
    grant: leaf(
      z.strictObject({ ...grant, grantedBy: id.nullable(), grantedAt: instant.nullable() }),
    ),
    reason: personal(),
  },
  changes: (fact) => {
    const { agent, grant: ended } = fact.data;
    const record = { ...ended, ...endOf(fact) };
    return [putAgent(agent, { [`grant:${ended.id}`]: record })];
  },
});

const apiKey = {
  id,
  prefix: z.string(),
  expiresAt: nullableText,
  actions: z.array(z.enum(PERMISSIONS)).nullable(),
  scope: nullableText,
};
/** A key as it stands on record. Who made it, and when, is null for those of a first release. */
const apiKeyRecord = z.strictObject({
  ...apiKey,
  createdAt: instant.nullable(),
  createdBy: id.nullable(),
  replacedBy: id.nullable(),
});

/** Neither the key nor its hash is in the fact: the hash is a credential and kept apart. */
export const apiKeyCreatedV2 = factType({
  type: 'apiKey.created',
  version: 2,
  fields: {
    agent: leaf(named),
    key: leaf(z.strictObject(apiKey)),
    /** The key that this one takes the place of, with the end that it has from now on. */
    replaces: leaf(apiKeyRecord.nullable()),
  },
  changes: ({ data, recordedAt, actor }) => {
    const { agent, key, replaces } = data;
    const made = { ...key, createdAt: recordedAt, createdBy: actor.ref, revoked: false };
    const old = replaces && { [`apiKey:${replaces.id}`]: { ...replaces, revoked: false } };
    return [putAgent(agent, { ...old, [`apiKey:${key.id}`]: made })];
  },
});

export const apiKeyRevokedV2 = factType({
  type: 'apiKey.revoked',
  version: 2,
  fields: { agent: leaf(named), key: leaf(apiKeyRecord), reason: personal() },
  changes: (fact) => {
    const { agent, key } = fact.data;
    return [putAgent(agent, { [`apiKey:${key.id}`]: { ...key, ...endOf(fact) } })];
  },
});

function signInKeyProp(
  key: z.infer<typeof signInKey>,
  { recordedAt }: FactView<unknown>,
): Record<string, Json> {
  return { [`signInKey:${key.id}`]: { ...key, createdAt: recordedAt, revoked: false } };
}

/** What a record says of its end. */
function endOf({ recordedAt, actor }: FactView<unknown>): Record<string, Json> {
  return { revoked: true, revokedAt: recordedAt, revokedBy: actor.ref };
}

function putAgent(agent: z.infer<typeof named>, set: PutNode['set']): PutNode {
  return { op: 'put', id: agent.id, kind: 'AGENT', project: null, name: agent.name, set };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogFields } from '../../src/ports/log.ts';
import { hashOfKey } from '../../src/transport/http/keys.ts';
import type { Hub } from '../../src/transport/hub.ts';
import {
  AccessWorld,
  CREATE_KEY,
  CREATE_PERSON,
  GRANT,
  IN_A_MONTH_MS,
  inMs,
  REVOKE_GRANT,
  REVOKE_KEY,
  ROTATE_KEY,
} from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

const NAME = 'Augusta Ada King';
const EMAIL = 'augusta@lovelace.example';

/** What the doors log, before anything is taken out of it. */
function withLog(hub: Hub) {
  const lines: string[] = [];
  const take = (fields: LogFields, message: string) => {
    lines.push(JSON.stringify({ fields, message }));
  };
  const log = { info: take, warn: take, error: take };
  return { hub: Object.assign(Object.create(hub), { log }) as Hub, lines };
}

/** Every file of a folder as text, with its path. */
function filesIn(folder: string): Array<readonly [path: string, text: string]> {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')] as const);
}

/** Breaks what stores are asked while the flag is up, with the question in the error. */
function breakable(hub: Hub) {
  const state = { broken: false };
  const operational = new Proxy(hub.operational, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        if (state.broken && name === 'delete') throw new Error('the store is gone');
        return member.apply(target, args);
      };
    },
  });
  return { hub: Object.assign(Object.create(hub), { operational }) as Hub, state };
}

test('no key, hash, name or e-mail address comes into a log line, an error or a fact', async () => {
  const opened = await openTestHub();
  const { hub: logged, lines } = withLog(opened.hub);
  const { hub, state } = breakable(logged);
  const client = await openGraphqlClient(hub);
  const world = new AccessWorld(client);
  const errors: unknown[] = [];
  const fails = async (query: string, variables: object, key = ADMIN_KEY) => {
    const answer = await client.ask(query, variables, key);
    expect(answer.errors.length).toBeGreaterThan(0);
    errors.push(answer.errors);
  };

  const person = { name: NAME, email: EMAIL, team: 'main', idempotencyKey: 'p' };
  const { createPerson } = await world.get(CREATE_PERSON, { input: person });
  await fails(CREATE_PERSON, { input: { name: NAME, email: EMAIL.toUpperCase() } });
  await fails(CREATE_PERSON, { input: { ...person, name: `${NAME} the other` } });
  await fails(CREATE_PERSON, { input: { name: NAME, email: `${EMAIL} x` } });
  const { id } = createPerson.person;
  const grant = await world.grant(id, 'VIEWER', 'team/main', { reason: `${NAME} asked` });
  await fails(GRANT, { input: { to: id, role: 'VIEWER', scope: 'team/main', reason: NAME } });
  const made = await world.apiKey(id);
  const { rotateApiKey } = await world.get(ROTATE_KEY, { input: { key: made.id } });
  await fails(CREATE_KEY, { input: { actor: id, expiresAt: inMs(IN_A_MONTH_MS) } }, made.key);
  await world.get(REVOKE_KEY, { input: { key: made.id, reason: NAME } });
  await fails('{ viewer { id } }', {}, made.key);
  await fails('{ viewer { id } }', {}, createPerson.signInKey);
  await world.get(REVOKE_GRANT, { input: { grant, reason: NAME } });
  state.broken = true;
  await fails(CREATE_KEY, { input: { actor: 'act:none', expiresAt: inMs(IN_A_MONTH_MS) } });
  state.broken = false;

  expect(lines.length).toBeGreaterThan(0);
  const keys: string[] = [ADMIN_KEY, createPerson.signInKey, made.key, rotateApiKey.key];
  const hashes = keys.map(hashOfKey);
  const personal = [NAME, EMAIL, EMAIL.toUpperCase()];
  const scope = { all: true } as const;
  const facts = await hub.store.facts({ order: 'oldest', limit: 1_000, scope });
  const leaves = facts.map(({ leaf }) => Buffer.from(leaf).toString('utf8'));
  for (const secret of [...keys, ...hashes, ...personal]) {
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(JSON.stringify(errors)).not.toContain(secret);
    expect(leaves.filter((leaf) => leaf.includes(secret))).toEqual([]);
  }
  // On the disk hashes are in the operational store, and nothing else is anywhere.
  const files = filesIn(opened.folder);
  expect(files.length).toBeGreaterThan(3);
  for (const secret of [...keys, ...personal]) {
    expect(files.filter(([, text]) => text.includes(secret)).map(([path]) => path)).toEqual([]);
  }
  const graph = files.filter(([path]) => !path.includes('operational.db'));
  for (const hash of hashes) {
    expect(graph.filter(([, text]) => text.includes(hash)).map(([path]) => path)).toEqual([]);
  }
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import {
  type CreateApiKeyInput,
  createApiKey,
  type RevokeApiKeyInput,
  revokeApiKey,
} from '../commands/api-keys.ts';
import {
  type GrantRoleInput,
  grantRole,
  type RevokeGrantInput,
  revokeGrant,
} from '../commands/grants.ts';
import { type Actor, type ActorRef, SYSTEM_ACTOR } from '../domain/actor.ts';
import { grantsOf, keysOf } from '../domain/governance/permissions.ts';
import { instantFromMs } from '../domain/time.ts';
import { authenticate } from '../transport/http/authenticate.ts';
import { newApiKey } from '../transport/http/keys.ts';
import type { Hub } from '../transport/hub.ts';
import { ADMINISTRATOR } from './administrator-key.ts';
import { readConfig } from './config.ts';
import { foundHub } from './found-hub.ts';
import type { Founding } from './founding.ts';
import { assembleHub } from './open-hub.ts';

/** More steps than any start takes. */
const STEPS_MAX = 20;

const keyOf = (sign: string) => `ledgerline-${sign.repeat(48)}`;
const [OLD, NEW] = [keyOf('o'), keyOf('n')];

/** A hub that nobody has founded yet, in a folder that goes away with the test. */
async function unfoundedHub(): Promise<Hub> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-found-'));
  const config = readConfig({ LEDGERLINE_DATA_DIR: folder });
  const { hub, close } = await assembleHub(config, () => 'http://127.0.0.1:4000');
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });
  return hub;
}

interface Start {
  readonly adminKey: string | null;
  /** Which step the start is killed at, and on which side of it. */
  readonly cut?: { readonly step: number; readonly side: 'before' | 'after' };
  readonly shown?: string[];
  /** What the operators are told. */
  readonly told?: string[];
}

/** Founds as a start does. True when it came to its end, false when it was cut off. */
async function start(hub: Hub, { adminKey, cut, shown = [], told = [] }: Start): Promise<boolean> {
  let step = 0;
  const steps = <T extends object>(target: T, names: ReadonlyArray<keyof T>): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (!names.includes(name as keyof T)) return member.bind(target);
        return async (...given: unknown[]) => {
          step += 1;
          if (step === cut?.step && cut.side === 'before') throw new Error('killed');
          const answer = await member.apply(target, given);
          if (step === cut?.step) throw new Error('killed');
          return answer;
        };
      },
    });
  const founding: Founding = {
    config: { org: 'example', team: 'main', adminKey },
    ledger: steps(hub.ledger, ['submit']),
    store: hub.store,
    operational: steps(hub.operational, ['put', 'delete']),
    ids: systemIds,
    clock: systemClock,
    log: { error: (_, message) => told.push(message) },
    onNewKey: (key) => shown.push(key),
  };
  try {
    await foundHub(founding);
    return true;
  } catch (error) {
    expect(error).toEqual(new Error('killed'));
    return false;
  }
}

async function opens(hub: Hub, key: string): Promise<boolean> {
  return authenticate(`Bearer ${key}`, hub).then(
    () => true,
    () => false,
  );
}

/** Keys that are not revoked on record, and credentials that open something. */
async function liveKeys(hub: Hub): Promise<{ onRecord: number; credentials: number }> {
  const entry = JSON.parse((await hub.operational.get('credential', ADMINISTRATOR)) ?? '');
  const [agent] = await hub.store.get([entry.actor as ActorRef]);
  const live = keysOf(agent?.props ?? {}).filter(({ revoked }) => !revoked);
  const all = await hub.operational.list('credential', { prefix: '', limit: 1_000 });
  const opening = all
    .filter(({ key }) => key !== ADMINISTRATOR)
    .filter(({ value }) => live.some(({ id }) => id === JSON.parse(value).keyId));
  return { onRecord: live.length, credentials: opening.length };
}

const ONE_KEY = { onRecord: 1, credentials: 1 };
const SIDES = ['before', 'after'] as const;

test('a key that was made is shown once and works', async () => {
  const hub = await unfoundedHub();
  const shown: string[] = [];
  expect(await start(hub, { adminKey: null, shown })).toBe(true);
  expect(await start(hub, { adminKey: null, shown })).toBe(true);
  expect(shown).toHaveLength(1);
  expect(await opens(hub, shown[0] as string)).toBe(true);
  expect(await liveKeys(hub)).toEqual(ONE_KEY);
});

test.each(SIDES)('a first start that is killed right %s any step loses no key', async (side) => {
  for (let step = 1; ; step += 1) {
    expect(step).toBeLessThan(STEPS_MAX);
    const hub = await unfoundedHub();
    const shown: string[] = [];
    const finished = await start(hub, { adminKey: null, cut: { step, side }, shown });
    await start(hub, { adminKey: null, shown });
    const working = await Promise.all(shown.map((key) => opens(hub, key)));
    expect(working.filter(Boolean)).toHaveLength(1);
    expect(working.at(-1)).toBe(true);
    expect(await liveKeys(hub)).toEqual(ONE_KEY);
    if (finished) return;
  }
});

test.each(
  SIDES.flatMap((side) => [
    { side, next: 'the new key', adminKey: NEW, working: [NEW] },
    { side, next: 'the old key', adminKey: OLD, working: [OLD] },
    { side, next: 'no key', adminKey: null, working: [OLD, NEW] },
  ]),
)('a rotation killed right $side any step leaves one key when $next is given next', async (so) => {
  const { side, adminKey, working } = so;
  const hub = await unfoundedHub();
  for (let step = 1; ; step += 1) {
    expect(step).toBeLessThan(STEPS_MAX);
    await start(hub, { adminKey: OLD });
    const finished = await start(hub, { adminKey: NEW, cut: { step, side } });
    await start(hub, { adminKey });
    const open = [(await opens(hub, OLD)) && OLD, (await opens(hub, NEW)) && NEW].filter(Boolean);
    expect(open).toHaveLength(1);
    expect(working).toContain(open[0]);
    expect(await liveKeys(hub)).toEqual(ONE_KEY);
    if (finished) return;
  }
});

test('a start that changes nothing adds nothing to the log', async () => {
  const hub = await unfoundedHub();
  await start(hub, { adminKey: OLD });
  const { size } = await hub.store.head();
  await start(hub, { adminKey: OLD });
  await start(hub, { adminKey: null });
  expect((await hub.store.head()).size).toBe(size);
});

test('keys that people made for the administrator are left to them', async () => {
  const hub = await unfoundedHub();
  await start(hub, { adminKey: OLD });
  const { actor } = await authenticate(`Bearer ${OLD}`, hub);
  const made = await addKeyBy(actor, hub);
  await start(hub, { adminKey: NEW });
  expect([await opens(hub, OLD), await opens(hub, NEW)]).toEqual([false, true]);
  expect(await opens(hub, made)).toBe(true);
  // Without a key in the configuration, one that works is enough.
  const shown: string[] = [];
  await start(hub, { adminKey: null, shown });
  expect(shown).toEqual([]);
});

test('a key of the configuration that was revoked does not come back by itself', async () => {
  const hub = await unfoundedHub();
  await start(hub, { adminKey: OLD });
  const { actor } = await authenticate(`Bearer ${OLD}`, hub);
  const input = { actor: actor.ref, keyId: actor.via };
  await hub.ledger.submit<RevokeApiKeyInput>({ command: revokeApiKey, input, actor });
  const told: string[] = [];
  await start(hub, { adminKey: OLD, told });
  expect(told).toEqual([
    expect.stringMatching(/LEDGERLINE_ADMIN_KEY was revoked.*start with another value/),
  ]);
  await expect(authenticate(`Bearer ${OLD}`, hub)).rejects.toMatchObject({ code: 'KEY_REVOKED' });
  const shown: string[] = [];
  await start(hub, { adminKey: null, shown, told });
  expect(await opens(hub, shown[0] as string)).toBe(true);
  await start(hub, { adminKey: NEW, told });
  expect(await opens(hub, NEW)).toBe(true);
  expect(told).toHaveLength(1);
});

test('the first administrator gets the organization back, whatever else was granted', async () => {
  const hub = await unfoundedHub();
  await start(hub, { adminKey: OLD });
  const { actor } = await authenticate(`Bearer ${OLD}`, hub);
  const grants = async () => {
    const [agent] = await hub.store.get([actor.ref]);
    return grantsOf(agent?.props ?? {});
  };
  const [founding] = await grants();
  const planted = { grantId: 'grant:planted', role: 'VIEWER', scope: 'team/main' } as const;
  const to = actor.ref;
  const [byHub, from] = [{ actor: SYSTEM_ACTOR }, to];
  const input = { ...planted, to, expiresAt: null };
  await hub.ledger.submit<GrantRoleInput>({ ...byHub, command: grantRole, input });
  const taken = { from, grantId: founding?.id ?? '' };
  await hub.ledger.submit<RevokeGrantInput>({ ...byHub, command: revokeGrant, input: taken });
  expect((await grants()).map(({ role }) => role)).toEqual(['VIEWER']);
  await start(hub, { adminKey: OLD });
  const given = (await grants()).map(({ role, scope }) => `${role} ${scope}`);
  expect(given.sort()).toEqual(['ADMINISTRATOR org', 'VIEWER team/main']);
});

/** A key that somebody made through the ledger, with its credential. */
async function addKeyBy(actor: Actor, hub: Hub): Promise<string> {
  const { id, prefix, hash, text } = newApiKey(actor.ref, hub.ids);
  const expiresAt = instantFromMs(hub.clock.nowMs() + 3_600_000);
  const input = { actor: actor.ref, keyId: id, prefix, actions: null, scope: null, expiresAt };
  await hub.ledger.submit<CreateApiKeyInput>({ command: createApiKey, input, actor });
  const value = JSON.stringify({ keyId: id, actor: actor.ref, hash });
  await hub.operational.put('credential', [{ key: hash, value }]);
  return text;
}

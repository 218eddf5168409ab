import { expect, test } from 'vitest';
import type { ActorRef } from '../domain/actor.ts';
import { isOpaqueId, nodeOfOpaqueId, opaqueIdOf } from './opaque-ids.ts';

const secret = Buffer.alloc(32, 7);
const ann: ActorRef = 'act:11111111-1111-4111-8111-111111111111';
const bob: ActorRef = 'act:22222222-2222-4222-8222-222222222222';
const node = 'run_wXyz0123456789abcdefghijklmnopqrstuvwxyzABC';

test('the same reader meets the same id and gets the node back', () => {
  const id = opaqueIdOf(node, { reader: ann, secret });
  expect(id).toBe(opaqueIdOf(node, { reader: ann, secret }));
  expect(isOpaqueId(id)).toBe(true);
  expect(nodeOfOpaqueId(id, { reader: ann, secret })).toBe(node);
});

test('another reader meets another id, and cannot use the first one', () => {
  const id = opaqueIdOf(node, { reader: ann, secret });
  expect(opaqueIdOf(node, { reader: bob, secret })).not.toBe(id);
  expect(nodeOfOpaqueId(id, { reader: bob, secret })).toBeNull();
});

test('another hub, a changed character, a short text and a real id mean nothing', () => {
  const id = opaqueIdOf(node, { reader: ann, secret });
  const changed = id.slice(0, -2) + (id.endsWith('AA') ? 'BB' : 'AA');
  expect(nodeOfOpaqueId(id, { reader: ann, secret: Buffer.alloc(32, 8) })).toBeNull();
  expect(nodeOfOpaqueId(changed, { reader: ann, secret })).toBeNull();
  expect(nodeOfOpaqueId('restricted_AAAA', { reader: ann, secret })).toBeNull();
  expect(nodeOfOpaqueId(node, { reader: ann, secret })).toBeNull();
});

test('the id shows nothing of the node', () => {
  const id = opaqueIdOf(node, { reader: ann, secret });
  const box = Buffer.from(id.slice('restricted_'.length), 'base64url');
  expect(id).not.toContain(node.slice(4));
  expect(box.includes(node)).toBe(false);
});

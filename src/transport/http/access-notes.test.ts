import { expect, test } from 'vitest';
import { type Actor, SYSTEM_ACTOR } from '../../domain/actor.ts';
import type { NodeKind } from '../../domain/lineage/kinds.ts';
import type { AccessNote } from '../../ports/access-log.ts';
import { AccessNotes } from './access-notes.ts';

const ANNA: Actor = {
  ref: 'act:00000000-0000-4000-8000-000000000001',
  kind: 'PERSON',
  via: 'key-1',
  authAgeS: null,
  onBehalfOf: null,
};

function notesOf(actor: Actor) {
  const noted: AccessNote[] = [];
  const accessLog = {
    note: (note: AccessNote) => void noted.push(note),
    list: async () => [],
    close: async () => undefined,
  };
  return { noted, notes: new AccessNotes(actor, { accessLog, door: 'WANDB' }) };
}

const nodeOf = (kind: NodeKind) => ({ id: `id of ${kind}`, kind, project: 'proj_p' });

test('a request notes each thing once, its record and its bytes apart', () => {
  const { noted, notes } = notesOf(ANNA);
  for (let times = 0; times < 3; times += 1) {
    notes.opened(nodeOf('RUN'));
    notes.handedOut(nodeOf('RUN'));
    notes.opened(nodeOf('MODEL'));
  }
  expect(noted.map(({ subject, how }) => [subject, how])).toEqual([
    ['id of RUN', 'RECORD'],
    ['id of RUN', 'BYTES'],
    ['id of MODEL', 'RECORD'],
  ]);
  expect(noted[0]).toEqual({
    ...{ actor: ANNA.ref, via: 'key-1', subject: 'id of RUN', project: 'proj_p' },
    ...{ how: 'RECORD', door: 'WANDB' },
  });
});

test('runs, collections, versions and registered models are noted, and nothing else', () => {
  const { noted, notes } = notesOf(ANNA);
  const others = ['TEAM', 'PROJECT', 'AGENT', 'JOB', 'ALIAS', 'REGISTRATION'] as const;
  for (const kind of others) notes.opened(nodeOf(kind));
  expect(noted).toEqual([]);
  const kinds = [
    'RUN',
    ...(['DATASET', 'MODEL', 'ARTIFACT'] as const),
    ...(['DATASET_VERSION', 'MODEL_VERSION', 'ARTIFACT_VERSION'] as const),
    'REGISTERED_MODEL',
  ] as const;
  for (const kind of kinds) notes.opened(nodeOf(kind));
  expect(noted).toHaveLength(kinds.length);
});

test('what the hub reads by itself is not noted', () => {
  const { noted, notes } = notesOf(SYSTEM_ACTOR);
  notes.opened(nodeOf('RUN'));
  notes.handedOut(nodeOf('RUN'));
  expect(noted).toEqual([]);
});

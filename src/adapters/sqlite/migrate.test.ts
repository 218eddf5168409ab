import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isBare } from '../../domain/lineage/bare-node.ts';
import { type Database, openDatabase } from './driver.ts';
import { migrate } from './migrate.ts';
import { readFacts } from './read-facts.ts';

const FIRST = new URL('../../../schema/sqlite/0001-lineage.sql', import.meta.url);

function firstSchema(): Database {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-migrate-'));
  const file = join(folder, 'a.db');
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  onTestFinished(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  database.exec(readFileSync(FIRST, 'utf8'));
  database.exec('create table meta (key text primary key, value text) without rowid');
  database.exec("insert into meta values ('schema', '1')");
  return database;
}

test('a database of the first schema keeps its subjects, of nodes and of what is no node', () => {
  const database = firstSchema();
  database.exec("insert into node (pk, id, kind) values (7, 'run_a', 'RUN')");
  database.exec("insert into project_list (pk, projects) values (1, '[]')");
  for (const [index, subject] of ["'run_a'", "'nobody'", 'null'].entries()) {
    database.exec(`insert into fact
      (idx, id, type, outcome, actor, subject, project_list, recorded_at, leaf)
      values (${index}, 'f${index}', 't', 'allow', 'a', ${subject}, 1, 'now', x'00')`);
  }

  migrate(database);

  const subjects = (subject?: string) =>
    readFacts(database, { scope: { all: true }, order: 'oldest', limit: 9, subject }).rows.map(
      (row) => [row[0], row[5]],
    );
  expect(subjects()).toEqual([
    [0, 'run_a'],
    [1, 'nobody'],
    [2, null],
  ]);
  expect(subjects('run_a')).toEqual([[0, 'run_a']]);
  expect(subjects('nobody')).toEqual([[1, 'nobody']]);
  expect(subjects('run_b')).toEqual([]);
});

test('what was only named before lists left it out is known by its properties', () => {
  const database = firstSchema();
  const rows = [
    ['bare', 'DATASET', { namespace: 'n', ownName: 'o' }],
    ['said', 'DATASET', { namespace: 'n', ownName: 'o', versionCount: 1 }],
    ['plain', 'DATASET', {}],
    ['run', 'RUN', { namespace: 'n', ownName: 'o' }],
    ['named', 'DATASET_VERSION', { digest: 'd', identity: 'content', bytes: 'declared' }],
    ['numbered', 'DATASET_VERSION', { digest: 'd', identity: 'content', ordinal: 0 }],
    ['address', 'DATASET_VERSION', { identity: 'address', ordinal: 0, uri: 'u' }],
  ] as const;
  const insert = database.prepare('insert into node (id, kind, props) values (?, ?, ?)');
  for (const [id, kind, props] of rows) insert.run(id, kind, JSON.stringify(props));
  database.exec("insert into node (id) values ('not made')");

  migrate(database);

  const bare = database.prepare('select id from node where bare = 1 order by id').all();
  expect(bare).toEqual([['bare'], ['named']]);
  const kept = rows.filter(([id, kind, props]) => isBare({ id, kind, props } as never));
  expect(kept.map(([id]) => id)).toEqual(['bare', 'named']);
});

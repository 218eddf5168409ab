import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './driver.ts';
import { migrate } from './migrate.ts';
import { readFacts } from './read-facts.ts';

const FIRST = new URL('../../../schema/sqlite/0001-lineage.sql', import.meta.url);

test('a database of the first schema keeps its subjects, of nodes and of what is no node', () => {
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

import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Cell, Database } from './driver.ts';
import type { EncodedCommit, EncodedFact } from './protocol.ts';

/** Most ids whose keys the writer remembers; a key never changes once it is committed. */
const KEYS_MAX = 200_000;

const NO_IDENTIFIERS = '[]';
/** Places in the cells of a node. */
const NAME = 3;
const IDENTIFIERS = 7;

/** Writes the rows of commits inside the transaction that is open. */
export class RowWriter {
  readonly #database: Database;
  readonly #keys = new Map<NodeId, number>();
  readonly #projectLists = new Map<string, number>();
  #lastKey: number | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Other processes may have given keys since the last transaction. */
  begin(): void {
    this.#lastKey = undefined;
  }

  /** After a rollback: the keys that were given in it may soon stand for other ids. */
  forgetKeys(): void {
    this.#keys.clear();
    this.#projectLists.clear();
  }

  write(commit: EncodedCommit): void {
    this.#writeNodes(commit.nodes);
    for (const cells of commit.edges) this.#writeEdge(cells);
    let at = 0;
    for (const fact of commit.facts) at = this.#writeFact(fact, commit.bytes, at);
    const about = this.#database.prepare('insert or ignore into about (node, idx) values (?, ?)');
    for (const [node, index] of commit.about) about.run(this.#keyOf(node), index);
  }

  #writeNodes(nodes: readonly (readonly Cell[])[]): void {
    if (nodes.length === 0) return;
    const ids = JSON.stringify(nodes.map(([id]) => id));
    const found = this.#database
      .prepare(
        `select id, pk, name, identifiers from node
         where id in (select value from json_each(?))`,
      )
      .all(ids);
    const before = new Map(found.map(([id, ...cells]) => [id as NodeId, cells]));
    for (const cells of nodes) {
      const id = cells[0] as NodeId;
      const pk = this.#writeNode(cells, before.get(id));
      // A later row of the same node in this commit writes over this one.
      before.set(id, [pk, cells[NAME] as Cell, cells[IDENTIFIERS] as Cell]);
    }
  }

  #writeNode(cells: readonly Cell[], before: readonly Cell[] | undefined): number {
    const [known, nameBefore = null, identifiersBefore = null] = before ?? [];
    const pk = known === undefined ? this.#insertNode(cells) : this.#updateNode(known, cells);
    const [name, identifiers] = [cells[NAME] as string, cells[IDENTIFIERS] as string];
    if (nameBefore !== name) this.#writeName(pk, nameBefore, name);
    if (identifiersBefore !== identifiers) {
      this.#writeIdentifiers(pk, identifiersBefore, identifiers);
    }
    return this.#remember(cells[0] as NodeId, pk);
  }

  #insertNode(cells: readonly Cell[]): number {
    const pk = this.#nextKey();
    this.#database
      .prepare(
        `insert into node
           (pk, id, kind, project, name, since, last, recorded_at, identifiers, props, deleted_at,
            bare)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(pk, ...cells);
    return pk;
  }

  #updateNode(known: Cell, cells: readonly Cell[]): number {
    this.#database
      .prepare(
        `update node set kind = ?, project = ?, name = ?, since = ?, last = ?, recorded_at = ?,
         identifiers = ?, props = ?, deleted_at = ?, bare = ? where pk = ?`,
      )
      .run(...cells.slice(1), known);
    return known as number;
  }

  #writeName(pk: number, before: Cell, name: string): void {
    if (before !== null) this.#database.prepare('delete from node_name where rowid = ?').run(pk);
    this.#database.prepare('insert into node_name (rowid, name) values (?, ?)').run(pk, name);
  }

  #writeIdentifiers(pk: number, before: Cell, identifiers: string): void {
    if (before !== null && before !== NO_IDENTIFIERS) {
      this.#database
        .prepare(
          `delete from identifier
           where node = ? and identifier in (select value from json_each(?))`,
        )
        .run(pk, before);
    }
    if (identifiers === NO_IDENTIFIERS) return;
    this.#database
      .prepare(
        `insert or ignore into identifier (identifier, node)
         select value, ? from json_each(?)`,
      )
      .run(pk, identifiers);
  }

  #writeEdge(cells: readonly Cell[]): void {
    const [from, kind, to, ...rest] = cells as [string, string, string, ...Cell[]];
    this.#database
      .prepare(
        `insert into edge (src, kind, dst, since, until, recorded_at, valid_from, valid_to)
         values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (src, kind, dst, since) do update set until = excluded.until,
         recorded_at = excluded.recorded_at, valid_from = excluded.valid_from,
         valid_to = excluded.valid_to`,
      )
      .run(this.#keyOf(from), kind, this.#keyOf(to), ...rest);
  }

  /** Returns where the bytes of the next fact begin. */
  #writeFact(fact: EncodedFact, bytes: Uint8Array, start: number): number {
    const leafEnd = start + fact.leafLength;
    const index = fact.cells[0] as number;
    const node = fact.subject === null ? null : this.#findKey(fact.subject);
    const subject = node === null ? fact.subject : null;
    const projects = this.#projectListOf(fact.projects);
    this.#database
      .prepare(
        `insert into fact (idx, id, type, outcome, actor, recorded_at,
         key_actor, key_operation, key_text, subject, subject_node, project_list, leaf)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...fact.cells, subject, node, projects, bytes.subarray(start, leafEnd));
    const mark = this.#database.prepare(
      'insert or ignore into fact_project (project, idx) values (?, ?)',
    );
    for (const project of fact.projects) mark.run(project, index);
    return this.#writeSidecar(fact, bytes, leafEnd);
  }

  #writeSidecar(fact: EncodedFact, bytes: Uint8Array, start: number): number {
    const insert = this.#database.prepare(
      'insert into sidecar (idx, position, person, box) values (?, ?, ?, ?)',
    );
    let at = start;
    fact.sidecar.forEach(({ person, length }, position) => {
      insert.run(fact.cells[0] as number, position, person, bytes.subarray(at, at + length));
      at += length;
    });
    return at;
  }

  /** The key of an id; an id that is only named gets a row that says no more than that. */
  #keyOf(id: NodeId): number {
    const found = this.#findKey(id);
    if (found !== null) return found;
    const pk = this.#nextKey();
    this.#database.prepare('insert into node (pk, id) values (?, ?)').run(pk, id);
    return this.#remember(id, pk);
  }

  #findKey(id: NodeId): number | null {
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const found = this.#database.prepare('select pk from node where id = ?').all(id)[0];
    return found === undefined ? null : this.#remember(id, found[0] as number);
  }

  /** Counted here: asking SQLite for the key of each new row cost more than writing the row. */
  #nextKey(): number {
    const last = this.#lastKey ?? this.#database.prepare('select max(pk) from node').all()[0]?.[0];
    this.#lastKey = Number(last ?? 0) + 1;
    return this.#lastKey;
  }

  #remember(id: NodeId, pk: number): number {
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    this.#keys.set(id, pk);
    return pk;
  }

  #projectListOf(projects: readonly string[]): number {
    const text = JSON.stringify(projects);
    const known = this.#projectLists.get(text);
    if (known !== undefined) return known;
    const row = this.#database
      .prepare(
        `insert into project_list (projects) values (?)
         on conflict (projects) do update set projects = excluded.projects returning pk`,
      )
      .all(text)[0];
    if (this.#projectLists.size >= KEYS_MAX) this.#projectLists.clear();
    this.#projectLists.set(text, row?.[0] as number);
    return row?.[0] as number;
  }
}

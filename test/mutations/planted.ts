/** One place of a mistake: text that stands in the file exactly once, and what it becomes. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A mistake that somebody could make, and the test that must notice it. */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Test file and part of a test's name; that test must fail. */
  readonly test: string;
  readonly title: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'fsync of the database dropped',
    edits: [
      {
        file: 'src/adapters/sqlite/sqlite-worker.ts',
        from: 'pragma synchronous = full',
        to: 'pragma synchronous = off',
      },
    ],
    test: 'test/fault/durability.test.ts',
    title: 'syncs the log of the database before it answers a mutation',
  },
  {
    name: 'fsync of an object dropped',
    edits: [
      {
        file: 'src/adapters/filesystem/filesystem-object-store.ts',
        from: 'await Promise.all([folder, handle.sync()]);',
        to: 'await folder;',
      },
    ],
    test: 'test/fault/durability.test.ts',
    title: 'syncs each object and the folder that names it',
  },
  {
    name: 'lock taken after the read',
    edits: [
      {
        file: 'src/adapters/sqlite/write-transaction.ts',
        from: "exec('begin immediate')",
        to: "exec('begin deferred')",
      },
    ],
    test: 'test/contract/lineage-store/sqlite.test.ts',
    title: 'the lock is taken before anything is read',
  },
  {
    name: 'edge key without since',
    edits: [
      {
        file: 'schema/sqlite/0001-lineage.sql',
        from: 'primary key (src, kind, dst, since)',
        to: 'primary key (src, kind, dst)',
      },
      {
        file: 'src/adapters/sqlite/write-rows.ts',
        from: 'on conflict (src, kind, dst, since) do update set until',
        to: 'on conflict (src, kind, dst) do update set since = excluded.since, until',
      },
    ],
    test: 'test/contract/lineage-store/sqlite.test.ts',
    title: 'the edge key holds since: reopening keeps the closed edge and the live one',
  },
  {
    name: 'changes reading the clock',
    edits: [
      {
        file: 'src/domain/audit/facts/run.ts',
        from: 'startedAt: fact.occurredAt ?? fact.recordedAt,',
        to: 'startedAt: fact.occurredAt ?? new Date(Date.now()).toISOString(),',
      },
    ],
    test: 'src/domain/audit/fact-changes.test.ts',
    title: 'do not read the clock or chance',
  },
  {
    name: 'index assigned outside the transaction',
    edits: [
      {
        file: 'src/ledger/batch.ts',
        from: 'const { size } = tx.head;',
        to:
          'const outside = deps as unknown as { next?: number };\n' +
          '    const size = outside.next ?? tx.head.size;\n' +
          '    outside.next = size + entries.length;',
      },
    ],
    test: 'test/ledger/ledger.test.ts',
    title: 'gives two ledgers on one store indexes that never collide',
  },
  {
    name: 'personal value left in a leaf',
    edits: [
      {
        file: 'src/domain/audit/sidecar.ts',
        from: 'fields: Object.keys(values).sort()',
        to: 'fields: Object.values(values).sort()',
      },
      {
        file: 'src/ledger/fact-writer.ts',
        from: '  checkPersonal(decision.type, request.personal);\n',
        to: '',
      },
      {
        file: 'src/ledger/fact-writer.ts',
        from: 'function checkPersonal(',
        to: 'export function checkPersonal(',
      },
    ],
    test: 'test/ledger/ledger.test.ts',
    title: 'stand in no leaf and in no property',
  },
  {
    name: 'personal field let into a leaf',
    edits: [
      {
        file: 'src/domain/audit/facts/run.ts',
        from: '...told, summary: encodedObject',
        to: '...told, summary: encodedObject, notes: z.string()',
      },
    ],
    test: 'src/domain/audit/fact-types.test.ts',
    title: 'personal',
  },
  {
    name: 'access: a key made by who manages the home alone',
    edits: [
      {
        file: 'src/commands/managing.ts',
        from: 'return [...managesHome(view, actor), ...grants];',
        to: 'return grants.length < 0 ? grants : managesHome(view, actor);',
      },
    ],
    test: 'test/ledger/access-keys.test.ts',
    title: 'is not made for an account with wider rights than one’s own',
  },
  {
    name: 'access: a narrow key rotates a wide one',
    edits: [
      {
        file: 'src/commands/own-key.ts',
        from: 'own.id === key.id || isWithinLimits(key, own)',
        to: 'own.id !== "" || isWithinLimits(key, own)',
      },
    ],
    test: 'test/ledger/access-keys.test.ts',
    title: 'with limits is no way to a key of the same owner with fewer',
  },
  {
    name: 'access: a role that the giver does not have',
    edits: [
      {
        file: 'src/ledger/authorize.ts',
        from: 'return roles[role].map(',
        to: 'return roles[role].slice(0, 0).map(',
      },
    ],
    test: 'test/ledger/access.test.ts',
    title: 'gives only what the giver’s key would permit the giver',
  },
  {
    name: 'access: the credential of a refused key stays',
    edits: [
      {
        file: 'src/transport/graphql/issue-key.ts',
        from: 'if (isRefusal(error)) await takeAway();',
        to: '',
      },
    ],
    test: 'test/graphql/api-keys.test.ts',
    title: 'that was refused leaves no credential behind',
  },
  {
    name: 'access: properties by name from elsewhere are taken',
    edits: [
      {
        file: 'src/commands/in-namespace.ts',
        from: "return [{ permission: 'record.write', of: owner, hiddenAs: calledBy(namespace) }];",
        to: "return owner === '' ? [{ permission: 'record.write', of: owner }] : [];",
      },
    ],
    test: 'test/graphql/named-datasets.test.ts',
    title: 'is not taken from elsewhere: properties by name are refused as by id',
  },
  {
    name: 'access: the entry of named lineage shown to its writer',
    edits: [
      {
        file: 'src/transport/graphql/shown-fact.ts',
        from: "= ['lineage.recorded@2'];",
        to: '= [];',
      },
    ],
    test: 'test/graphql/named-datasets.test.ts',
    title: 'takes the right to write to the run alone',
  },
  {
    name: 'the filter of single things removed',
    edits: [
      {
        file: 'src/projections/readable-by.ts',
        from: "  if (node.kind === 'TEAM') return teams.has(node.id);",
        to: "  if (node.kind !== 'TEAM' || teams.size >= 0) return true;",
      },
    ],
    test: 'test/graphql/canary.test.ts',
    title: 'meets the canary in no answer to any question',
  },
  {
    name: 'the filter of lists removed',
    edits: [
      {
        file: 'src/projections/readable-by.ts',
        from: "scopes.includes('org') ? { all: true } : await projectsOf(scopes, source)",
        to: '{ all: true }',
      },
    ],
    test: 'test/graphql/canary.test.ts',
    title: 'counts what a hub without the hidden project counts',
  },
  {
    name: 'access log shown to whoever may read',
    edits: [
      {
        file: 'src/projections/readable-by.ts',
        from: "scopesWith('audit.read', access, source.now)",
        to: "scopesWith('record.read', access, source.now)",
      },
    ],
    test: 'test/graphql/access-log.test.ts',
    title: 'that of projects: their auditors; and everybody their own',
  },
  {
    name: 'access log shown by a key beyond its limits',
    edits: [
      {
        file: 'src/projections/readable-by.ts',
        from: 'within: isLimited ? scope : { all: true }',
        to: 'within: isLimited ? { all: true } : { all: true }',
      },
    ],
    test: 'test/graphql/access-log.test.ts',
    title: 'nobody more than by their key: its limits, and other teams',
  },
  {
    name: 'access log without details that a list led to',
    edits: [
      {
        file: 'src/transport/graphql/shown-node.ts',
        from: '    notes.opened(row);\n',
        to: '',
      },
    ],
    test: 'test/graphql/access-log.test.ts',
    title: 'of a list or a walk is noted only where details are asked for',
  },
  {
    name: 'access log without addresses that were handed out',
    edits: [
      {
        file: 'src/transport/wandb/version-files.ts',
        from: '    notes.handedOut(version);\n',
        to: '    if (notes === null) return null;\n',
      },
    ],
    test: 'test/graphql/access-log.test.ts',
    title: 'are noted where an address for them is handed out',
  },
  {
    name: 'a used version can be deleted',
    edits: [
      {
        file: 'src/commands/going-versions.ts',
        from: "['REGISTERS', 'USED', 'WAS_DERIVED_FROM'] as const",
        to: "['REGISTERS', 'WAS_DERIVED_FROM'] as const",
      },
    ],
    test: 'test/ledger/deleting.test.ts',
    title: 'must not have been used by a run that is there',
  },
  {
    name: 'what keeps a version is named to who may not see it',
    edits: [
      {
        file: 'src/commands/what-keeps.ts',
        from: "node === null || may('record.read', node)",
        to: 'node === null || node !== may.name',
      },
    ],
    test: 'test/graphql/deleting.test.ts',
    title: 'is told of as one thing, without a name, a kind or a count',
  },
];

const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const ACTOR = 'id name kind teams { name }';
const GRANT = 'id role scope expiresAt grantedAt grantedBy { id name } reason';
const API_KEY = `id prefix expiresAt revoked actions scope createdAt createdBy { id name }
  revokedAt replacedBy lastUsedAt`;
const FACT = 'fact { index type recordedAt subjectId }';
const ELEMENT = '__typename id kind name ... on LineageNode { project { path } }';
const ENTRY = `index type outcome recordedAt occurredAt via leafHash
  actor { id name } onBehalfOf { id name }
  subjectKind subjectId subject { kind name project { path } } projects { path }`;

/**
 * Every question that the command line asks of a hub. A command can send nothing else, and a test
 * holds all of them against the schema.
 */
export const DOCUMENTS = {
  viewer: `query { viewer { ${ACTOR} email grants { ${GRANT} } } }`,
  explain: `query ($actor: ID, $action: String!, $subject: ID!) {
    explain(actor: $actor, action: $action, subject: $subject) {
      allowed permission place because { id role scope expiresAt } missing reason
    }
  }`,

  actor: `query ($id: ID!) { actor(id: $id) { ${ACTOR} } }`,
  actors: `query ($first: Int, $after: String, $kind: ActorKind, $team: String) {
    actors(first: $first, after: $after, kind: $kind, team: $team) {
      edges { node { ${ACTOR} email } } ${PAGE}
    }
  }`,
  teams: `query ($first: Int, $after: String) {
    teams(first: $first, after: $after) { edges { node { id name } } ${PAGE} }
  }`,
  createTeam: `mutation ($input: CreateTeamInput!) {
    createTeam(input: $input) { team { id name } ${FACT} }
  }`,
  createPerson: `mutation ($input: CreatePersonInput!) {
    createPerson(input: $input) { person { ${ACTOR} email } signInKey ${FACT} }
  }`,
  createServiceAccount: `mutation ($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) { serviceAccount { ${ACTOR} } ${FACT} }
  }`,

  apiKeys: `query ($id: ID!) { actor(id: $id) { id name apiKeys { ${API_KEY} } } }`,
  viewerApiKeys: `query { viewer { id name apiKeys { ${API_KEY} } } }`,
  createApiKey: `mutation ($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { key apiKey { ${API_KEY} } ${FACT} }
  }`,
  rotateApiKey: `mutation ($input: RotateApiKeyInput!) {
    rotateApiKey(input: $input) {
      key apiKey { ${API_KEY} } replaced { id prefix expiresAt } ${FACT}
    }
  }`,
  revokeApiKey: `mutation ($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) { apiKey { ${API_KEY} } warnings ${FACT} }
  }`,

  grants: `query ($id: ID!) { actor(id: $id) { id name grants { ${GRANT} } } }`,
  viewerGrants: `query { viewer { id name grants { ${GRANT} } } }`,
  grant: `mutation ($input: GrantInput!) {
    grant(input: $input) { grant { ${GRANT} } actor { ${ACTOR} } warnings ${FACT} }
  }`,
  revokeGrant: `mutation ($input: RevokeGrantInput!) {
    revokeGrant(input: $input) { actor { ${ACTOR} } ${FACT} }
  }`,

  createProject: `mutation ($input: CreateProjectInput!) {
    createProject(input: $input) { ${FACT} }
  }`,
  createRun: `mutation ($input: CreateRunInput!) { createRun(input: $input) { ${FACT} } }`,
  finishRun: `mutation ($input: FinishRunInput!) { finishRun(input: $input) { ${FACT} } }`,
  recordLineage: `mutation ($input: RecordLineageInput!) {
    recordLineage(input: $input) { ${FACT} }
  }`,
  registerVersion: `mutation ($input: RegisterVersionInput!) {
    registerVersion(input: $input) { ${FACT} }
  }`,
  setAlias: `mutation ($input: SetAliasInput!) { setAlias(input: $input) { ${FACT} } }`,
  register: `mutation ($input: RegisterInput!) { register(input: $input) { ${FACT} } }`,
  experiment: `query ($id: ID!) { run(id: $id) { experimentHash } }`,

  resolve: `query ($identifier: String!) {
    resolve(identifier: $identifier) { id kind name project { path } }
  }`,
  node: 'query ($id: ID!) { node(id: $id) { id } }',
  project: `query ($team: String!, $name: String!) {
    project(team: $team, name: $name) { id path }
  }`,
  lineage: `query (
    $root: ID!, $direction: LineageDirection!, $depth: Int!, $first: Int!, $after: String
  ) {
    lineage(root: $root, direction: $direction, depth: $depth, first: $first, after: $after) {
      nodes { ${ELEMENT} } depths edges { kind from to } truncated endCursor frontier
    }
  }`,
  impact: `query ($root: ID!, $kinds: [LineageKind!]!, $first: Int, $after: String) {
    impact(root: $root, kinds: $kinds, first: $first, after: $after) {
      truncated edges { node { id kind name recordedAt project { path } } } ${PAGE}
    }
  }`,

  auditTable: `query (
    $filter: AuditFilter, $first: Int, $after: String, $last: Int, $before: String
  ) {
    auditLog(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { node { ${ENTRY} } } ${PAGE}
    }
  }`,
  auditExport: `query (
    $filter: AuditFilter, $first: Int, $after: String, $last: Int, $before: String
  ) {
    auditLog(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { node { id ${ENTRY} body } } ${PAGE}
    }
  }`,
  auditLeaves: `query ($filter: AuditFilter, $first: Int, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) {
      edges { node { index outcome recordedAt subjectId leaf } } ${PAGE}
    }
  }`,
} as const;

export type DocumentName = keyof typeof DOCUMENTS;

import { z } from 'zod';
import { ROLES } from '../../domain/governance/permissions.ts';

/** Most steps of one scenario. */
export const SCENARIO_STEPS_MAX = 500;
/** Most accounts, people, projects, grants or expectations of one scenario, each. */
const PARTS_MAX = 100;
const TEXT_LENGTH_MAX = 4_000;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'a name has lower-case letters, digits, "." or "-"');
const text = z.string().trim().min(1, 'a text is needed').max(TEXT_LENGTH_MAX);
const span = z.string().regex(/^\d{1,4}[mhd]$/, 'a span is a number and m, h or d, such as 12d');
/** Nobody's address: these domains are kept for examples (RFC 2606). */
const email = z
  .string()
  .regex(/^[^@\s]+@example\.(com|org|net)$/, 'an address ends in @example.com, .org or .net');
const object = z.record(z.string(), z.unknown());
const kinds = ['DATASET', 'MODEL', 'ARTIFACT'] as const;
const versionKinds = ['DATASET_VERSION', 'MODEL_VERSION', 'ARTIFACT_VERSION', 'RUN'] as const;

const versionParts = {
  /** By what name the rest of the scenario means it. */
  version: name,
  kind: z.enum(kinds),
  name,
  type: text.optional(),
  /** Small texts by path; the hub is told their sizes and digests. */
  files: z.record(z.string().min(1), z.string()).optional(),
  uri: z.url().optional(),
  metadata: object.optional(),
  aliases: z.array(name).optional(),
  identifiers: z.array(text).optional(),
  description: text.optional(),
};

const made = z.strictObject({ project: name.optional(), ...versionParts });
const common = { by: name, ago: span };
const code = z.strictObject({ repository: z.url(), commit: text });

const versionStep = z.strictObject({ ...common, project: name, ...versionParts });
const runStep = z.strictObject({
  ...common,
  run: name,
  project: name,
  job: name.optional(),
  jobType: name.optional(),
  group: name.optional(),
  tags: z.array(name).optional(),
  notes: text.optional(),
  config: object.optional(),
  environment: object.optional(),
  code: code.optional(),
  reads: z.array(name).optional(),
  makes: z.array(made).optional(),
  lasts: span.optional(),
  ends: z.enum(['FINISHED', 'FAILED', 'KILLED', 'CRASHED']).default('FINISHED'),
  exitCode: z.int().optional(),
  summary: object.optional(),
});
/** What is meant to be refused, so that the log has it: the code of the refusal. */
const refused = z.enum(['FORBIDDEN', 'CONFLICT']).optional();
const aliasStep = z.strictObject({ ...common, alias: name, of: name, refused });
const registerStep = z.strictObject({
  ...common,
  register: name,
  of: name,
  project: name,
  description: text.optional(),
  note: text.optional(),
  refused,
});

const STEPS = { version: versionStep, run: runStep, alias: aliasStep, register: registerStep };
type StepKind = keyof typeof STEPS;
export type VersionStep = z.infer<typeof versionStep>;
export type RunStep = z.infer<typeof runStep>;
export type AliasStep = z.infer<typeof aliasStep>;
export type RegisterStep = z.infer<typeof registerStep>;
export type MadeVersion = z.infer<typeof made>;
export type Step = VersionStep | RunStep | AliasStep | RegisterStep;

/** A step is what its first word says, so that a fault in it is told of that kind alone. */
const step = z.custom<Step>().transform((given: unknown, context): Step => {
  const keys = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const kind = (Object.keys(STEPS) as StepKind[]).find((each) => keys.includes(each));
  if (kind === undefined) {
    const message = `a step has one of: ${Object.keys(STEPS).join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const checked = STEPS[kind].safeParse(given);
  if (checked.success) return checked.data;
  for (const issue of checked.error.issues) context.addIssue({ ...issue } as never);
  return z.NEVER;
});

const expectation = z.union([
  z.strictObject({ of: name, cameFrom: z.enum(versionKinds), exactly: z.int() }),
  z.strictObject({ of: name, ledTo: z.enum(versionKinds), atLeast: z.int() }),
  z.strictObject({ of: name, hiddenFrom: name }),
  z.strictObject({ of: name, shownTo: name }),
  z.strictObject({ sameExperiment: z.tuple([name, name]) }),
  z.strictObject({ refusalsOf: name, atLeast: z.int() }),
]);
export type Expectation = z.infer<typeof expectation>;

const grant = z.strictObject({
  to: name,
  role: z.enum(ROLES),
  on: z.union([z.literal('team'), name]),
  reason: text,
  for: span.optional(),
});

/** A scenario as its file states it. seeds/README.md describes it for people. */
export const scenarioFormat = z.strictObject({
  scenario: name,
  title: text,
  about: text,
  team: name,
  accounts: z.array(name).min(1).max(PARTS_MAX),
  people: z
    .array(z.strictObject({ person: name, name: text, email }))
    .max(PARTS_MAX)
    .default([]),
  projects: z
    .array(z.strictObject({ project: name, description: text }))
    .min(1)
    .max(PARTS_MAX),
  grants: z.array(grant).max(PARTS_MAX),
  steps: z.array(step).min(1).max(SCENARIO_STEPS_MAX),
  expect: z.array(expectation).max(PARTS_MAX),
  try: z.array(z.strictObject({ why: text, run: text })).max(PARTS_MAX),
  graphiql: text,
});

export type Scenario = z.infer<typeof scenarioFormat>;

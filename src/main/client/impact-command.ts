import type { Command } from 'commander';
import { jsonLines, limitOption, oneOf, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type Connection, pagesOf } from './connection-pages.ts';
import { findThing, kindWords, THING_ARGUMENT, type ThingAnswer, thingPath } from './find-thing.ts';
import { type Column, printList, shapeOf } from './list-output.ts';
import { tell } from './say.ts';

interface Touched extends ThingAnswer {
  readonly recordedAt: string;
}

type ImpactPage = Connection<Touched> & { readonly truncated: boolean };

interface Options {
  readonly kind?: readonly string[];
  readonly limit: number;
  readonly json?: true;
}

/** Kinds of node that lineage goes through, as the schema names them. */
export const LINEAGE_KINDS = [
  'RUN',
  'JOB',
  'DATASET',
  'DATASET_VERSION',
  'MODEL',
  'MODEL_VERSION',
  'ARTIFACT',
  'ARTIFACT_VERSION',
  'REGISTERED_MODEL',
] as const;
const KINDS_DEFAULT = ['MODEL_VERSION'];

const COLUMNS: readonly Column<Touched>[] = [
  { header: 'kind', of: ({ kind }) => kindWords(kind) },
  { header: 'path', of: thingPath },
  { header: 'recorded', of: ({ recordedAt }) => recordedAt },
  { header: 'id', of: ({ id }) => id },
];

export function addImpactCommand(program: Command): void {
  const command = program
    .command('impact')
    .description('list what is touched when a thing turns out to be wrong, nearest first')
    .argument('<thing>', THING_ARGUMENT)
    .option('--kind <kind...>', 'kinds to list; model versions else', withKind)
    .addOption(limitOption('things'))
    .addOption(jsonLines())
    .action(impact);
  withExamples(
    command,
    'ledgerline impact main/churn/customers:v0',
    'ledgerline impact main/churn/customers:v0 --kind run model-version --json',
  );
}

function withKind(text: string, others: readonly string[] = []): string[] {
  return [...others, oneOf(LINEAGE_KINDS)(text)];
}

async function impact(thing: string, options: Options): Promise<void> {
  const hub = connect();
  const root = await findThing(hub, thing);
  const kinds = options.kind ?? KINDS_DEFAULT;
  let cut = false;
  const touched = pagesOf(async (page) => {
    const answer = await hub.ask<{ impact: ImpactPage }>('impact', { root, kinds, ...page });
    cut ||= answer.impact.truncated;
    return answer.impact;
  }, options.limit);
  await printList(touched, COLUMNS, shapeOf(options));
  if (cut) tell('cut: so much came from it that the hub did not look at all of it');
}

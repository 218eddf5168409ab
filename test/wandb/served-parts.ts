import {
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { isDomainError } from '../../src/domain/errors.ts';
import { QueryDocuments } from '../../src/transport/wandb/query-documents.ts';
import { checkQueryWork } from '../../src/transport/wandb/query-work.ts';
import { loadWandbSchema } from '../../src/transport/wandb/wandb-schema.ts';
import type { Question } from '../support/every-question.ts';

const schema = loadWandbSchema();
const documents = new QueryDocuments(schema);

/**
 * A question that asks for more than the door answers at once, in parts that it does answer:
 * halved from the root inwards. What is refused however small it is stays out.
 */
export function servedParts({ query, variables }: Question): Question[] {
  if (isServed({ query, variables })) return [{ query, variables }];
  return partsOf(parse(query, { noLocation: true })).flatMap((part) =>
    servedParts({ query: print(part), variables }),
  );
}

function isServed({ query, variables }: Question): boolean {
  try {
    checkQueryWork(schema, documents.get(query), variables);
    return true;
  } catch (error) {
    if (isDomainError(error)) return false;
    throw error;
  }
}

/** The same question for each half of the outermost place that asks for several fields. */
function partsOf(document: DocumentNode): DocumentNode[] {
  const several = outermostSeveral(document);
  if (!several) return [];
  const asked = several.selections.filter(isAsked);
  const middle = Math.ceil(asked.length / 2);
  return [asked.slice(0, middle), asked.slice(middle)].map((selections) =>
    visit(document, {
      SelectionSet: (set) => (set === several ? { ...set, selections } : undefined),
    }),
  );
}

function outermostSeveral(document: DocumentNode): SelectionSetNode | undefined {
  const [operation] = document.definitions;
  let set = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  while (set) {
    const asked: SelectionNode[] = set.selections.filter(isAsked);
    if (asked.length > 1) return set;
    set = (asked[0] as FieldNode | InlineFragmentNode | undefined)?.selectionSet;
  }
  return undefined;
}

function isAsked(selection: SelectionNode): boolean {
  return selection.kind !== Kind.FIELD || selection.name.value !== '__typename';
}

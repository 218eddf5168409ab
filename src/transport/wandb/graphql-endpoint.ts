import {
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getNamedType,
  isLeafType,
  OperationTypeNode,
} from 'graphql';
import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import { parseJsonBody } from '../http/request-body.ts';
import type { Hub } from '../hub.ts';
import { GRAPHQL_BODY } from './body-limits.ts';
import { errorBody, type WireFailure, wireFailure } from './error-reply.ts';
import { QueryDocuments } from './query-documents.ts';
import { checkQueryWork } from './query-work.ts';
import { refuseIfGone, type WandbContext } from './wandb-context.ts';
import { loadWandbSchema } from './wandb-schema.ts';

const requestSchema = z.object({
  query: z.string('the request has no query'),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

export interface GraphqlAnswer {
  readonly status: number;
  readonly retryAfterS: number | null;
  readonly body: unknown;
}

/** A long query ends when its client has gone; what was begun to be written is written. */
const resolveField: GraphQLFieldResolver<unknown, WandbContext> = (...asked) => {
  const [, , context, info] = asked;
  const isQuery = info.operation.operation === OperationTypeNode.QUERY;
  if (isQuery && !isLeafType(getNamedType(info.returnType))) refuseIfGone(context);
  return defaultFieldResolver(...asked);
};

/** Runs the operations of the wandb surface against functions that answer for its root fields. */
export class GraphqlEndpoint {
  readonly #schema = loadWandbSchema();
  readonly #documents = new QueryDocuments(this.#schema);
  readonly #root: Readonly<Record<string, unknown>>;
  readonly #hub: Hub;

  constructor(hub: Hub, root: Readonly<Record<string, unknown>>) {
    this.#hub = hub;
    this.#root = root;
  }

  async answer(body: string, context: WandbContext): Promise<GraphqlAnswer> {
    const request = requestSchema.safeParse(parseJsonBody(body, GRAPHQL_BODY));
    if (!request.success) throw invalidInput(request.error.issues[0]?.message ?? 'no request');
    const { query, variables } = request.data;
    const read = this.#documents.get(query);
    checkQueryWork(this.#schema, read, variables ?? {});
    const result = await execute({
      schema: this.#schema,
      document: read.document,
      rootValue: this.#root,
      contextValue: context,
      variableValues: variables ?? {},
      fieldResolver: resolveField,
    });
    return this.#answerOf(result);
  }

  #answerOf({ data, errors }: ExecutionResult): GraphqlAnswer {
    if (!errors?.length) return { status: 200, retryAfterS: null, body: { data } };
    const failures = errors.map((error) => this.#failureOf(error));
    // One field that may be tried again does not help when another can never be answered.
    const first = failures.find(({ retryAfterS }) => retryAfterS === null) ?? failures[0];
    const shown = failures.map(({ error }, at) => ({
      ...errorBody(error),
      path: errors[at]?.path,
    }));
    return {
      status: (first as WireFailure).status,
      retryAfterS: (first as WireFailure).retryAfterS,
      body: { data: data ?? null, errors: shown },
    };
  }

  /** An error without a cause of ours is graphql's own: it speaks of the request's variables. */
  #failureOf({ originalError, message }: GraphQLError): WireFailure {
    const ours = originalError instanceof GraphQLError ? undefined : originalError;
    return wireFailure(ours ?? invalidInput(message), this.#hub);
  }
}

import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';
import { NamedDatasetInput } from './named-dataset-input.ts';

@InputType('RecordLineageInput', {
  description: 'What a run read and what it made. Edges that are there already stay as they are.',
})
export class RecordLineageInput {
  @Field(() => String, { description: 'Project of the run: an id, or "team/project".' })
  readonly project!: string;

  @Field(() => ID, { description: 'The run.' })
  readonly run!: string;

  @Field(() => [ID], { defaultValue: [], description: 'Versions that it read.' })
  readonly inputs!: readonly string[];

  @Field(() => [ID], { defaultValue: [], description: 'Versions that it made.' })
  readonly outputs!: readonly string[];

  @Field(() => [NamedDatasetInput], {
    nullable: true,
    description: 'Versions of datasets that it read, by the names that their stores give them.',
  })
  readonly inputDatasets?: readonly NamedDatasetInput[] | null;

  @Field(() => [NamedDatasetInput], {
    nullable: true,
    description: 'Versions of datasets that it made, by the names that their stores give them.',
  })
  readonly outputDatasets?: readonly NamedDatasetInput[] | null;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

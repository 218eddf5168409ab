import { Field, ID, InputType, Int } from 'type-graphql';
import type { RunStatus as Status } from '../../../domain/lineage/run-status.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Value } from '../../../domain/values/value.ts';
import { RunStatus } from '../enums/run-status.ts';
import { DateTime } from '../scalars/date-time.ts';
import { JsonScalar } from '../scalars/json.ts';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('FinishRunInput', { description: 'How a run ended.' })
export class FinishRunInput {
  @Field(() => ID, { description: 'The run.' })
  readonly run!: string;

  @Field(() => RunStatus, {
    defaultValue: RunStatus.FINISHED,
    description: 'How it ended: any state but RUNNING.',
  })
  readonly status!: Status;

  @Field(() => Int, { nullable: true, description: 'What its process returned.' })
  readonly exitCode?: number | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Its results: an object. When left out, those that were sent while it ran.',
  })
  readonly summary?: Value;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; now when left out.' })
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

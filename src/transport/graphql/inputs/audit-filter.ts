import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { Outcome } from '../enums/outcome.ts';
import { DateTime } from '../scalars/date-time.ts';
import { LogIndex } from '../scalars/log-index.ts';

@InputType('AuditFilter', {
  description: 'Which entries of the audit log are asked for. Every field narrows further.',
})
export class AuditFilter {
  @Field(() => ID, { nullable: true, description: 'Who did it.' })
  readonly actor?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Types of fact, for example "run.created".',
  })
  readonly types?: readonly string[] | null;

  @Field(() => Outcome, { nullable: true, description: 'How it ended.' })
  readonly outcome?: (typeof Outcome)[keyof typeof Outcome] | null;

  @Field(() => ID, { nullable: true, description: 'What it was about.' })
  readonly subject?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A project that it speaks of: its id, or "team/project".',
  })
  readonly project?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded at this time or later.' })
  readonly since?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded before this time.' })
  readonly until?: Instant | null;

  @Field(() => LogIndex, { nullable: true, description: 'First index to return.' })
  readonly fromIndex?: number | null;

  @Field(() => LogIndex, { nullable: true, description: 'First index not to return any more.' })
  readonly toIndex?: number | null;
}

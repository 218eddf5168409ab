import { ArgsType, Field, ID } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { AccessKind } from '../enums/access-kind.ts';
import { DateTime } from '../scalars/date-time.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class AccessLogArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'What was read.' })
  readonly subject?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who read it.' })
  readonly actor?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The project that it belongs to: its id, or "team/project".',
  })
  readonly project?: string | null;

  @Field(() => AccessKind, { nullable: true, description: 'How it was read.' })
  readonly how?: keyof typeof AccessKind | null;

  @Field(() => DateTime, { nullable: true, description: 'Read at this time or later.' })
  readonly since?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'Read before this time.' })
  readonly until?: Instant | null;
}

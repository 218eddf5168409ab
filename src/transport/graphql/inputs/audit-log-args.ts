import { ArgsType, Field, Int } from 'type-graphql';
import { AuditFilter } from './audit-filter.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class AuditLogArgs extends PageArgs {
  @Field(() => AuditFilter, { nullable: true, description: 'Which entries; all when left out.' })
  readonly filter?: AuditFilter | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many of the newest, from 1 to 500; instead of first.',
  })
  readonly last?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor to end before.' })
  readonly before?: string | null;
}

import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../connection-of.ts';
import { AccessDoor } from '../enums/access-door.ts';
import { AccessKind } from '../enums/access-kind.ts';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('AccessEntry', {
  simpleResolvers: true,
  description:
    'That somebody read something within an hour (UTC), and how often. Reading changes nothing, ' +
    'so it is in no audit entry and under no proof.',
})
export class AccessEntry {
  @Field(() => String, {
    nullable: true,
    description: 'What proved who it was: the id of an API key or a session.',
  })
  readonly via!: string | null;

  @Field(() => ID, { description: 'Id of what was read.' })
  readonly subjectId!: string;

  @Field(() => AccessKind, { description: 'How it was read.' })
  readonly how!: keyof typeof AccessKind;

  @Field(() => AccessDoor, { description: 'Where the reader came in.' })
  readonly door!: keyof typeof AccessDoor;

  @Field(() => DateTime, { description: 'The first time within the hour.' })
  readonly firstAt!: string;

  @Field(() => DateTime, { description: 'The last time within the hour.' })
  readonly lastAt!: string;

  @Field(() => Int, { description: 'Requests within the hour that read it.' })
  readonly count!: number;
}

export const AccessEntryConnection = connectionOf(AccessEntry, 'AccessEntry');

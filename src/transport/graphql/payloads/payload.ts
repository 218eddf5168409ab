import { Field, ObjectType } from 'type-graphql';
import { AuditEntry } from '../types/audit-entry.ts';

/** What every mutation answers beside what it made. */
@ObjectType()
export abstract class Payload {
  @Field(() => AuditEntry, {
    nullable: true,
    description:
      'The entry of the audit log that holds the decision. When everything was so already, the ' +
      'entry that made it so; null where that is one which the viewer may not read.',
  })
  readonly fact!: AuditEntry | null;
}

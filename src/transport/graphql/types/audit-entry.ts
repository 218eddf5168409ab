import { Field, ObjectType } from 'type-graphql';
import { Outcome } from '../enums/outcome.ts';
import { DateTime } from '../scalars/date-time.ts';
import { LogIndex } from '../scalars/log-index.ts';
import { Node } from './node.ts';

@ObjectType('AuditEntry', {
  implements: [Node],
  simpleResolvers: true,
  description:
    'An entry of the audit log: one fact, for ever. It is shown to whoever may read every ' +
    'project it speaks of, entries of the organization to its auditors.',
})
export class AuditEntry extends Node {
  @Field(() => LogIndex, { description: 'Place in the log, from 0.' })
  readonly index!: number;

  @Field(() => String, { description: 'Type of the fact, for example "run.created".' })
  readonly type!: string;

  @Field(() => Outcome, { description: 'Whether what was asked for was done.' })
  readonly outcome!: (typeof Outcome)[keyof typeof Outcome];

  @Field(() => DateTime, { description: 'When the hub recorded it.' })
  readonly recordedAt!: string;

  @Field(() => DateTime, {
    description: 'When it happened as the client stated, or else when it was recorded.',
  })
  readonly occurredAt!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What proved who it was: the id of an API key or a session.',
  })
  readonly via!: string | null;

  @Field(() => String, {
    description: 'RFC 6962 leaf hash in base64: SHA-256 over a zero byte and the leaf.',
  })
  readonly leafHash!: string;

  @Field(() => String, { description: 'The exact bytes of the leaf, in base64.' })
  readonly leaf!: string;
}

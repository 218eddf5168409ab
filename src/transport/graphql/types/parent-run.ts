import { Field, ObjectType } from 'type-graphql';

@ObjectType('ParentRun', { description: 'The run that a run says it is a part of.' })
export class ParentRun {
  @Field(() => String, { description: 'Its id as the pipeline gives it, a UUID.' })
  readonly runId!: string;

  @Field(() => String, { nullable: true, description: 'Namespace of its job.' })
  readonly jobNamespace!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of its job.' })
  readonly jobName!: string | null;
}

import { Field, ObjectType } from 'type-graphql';

@ObjectType('PageInfo', {
  simpleResolvers: true,
  description: 'Where a page of a connection stands.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'True when more lies behind this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'True when something lies before this page.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first edge of the page.' })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor to go on behind this page; null when the page is empty and the last.',
  })
  readonly endCursor!: string | null;
}

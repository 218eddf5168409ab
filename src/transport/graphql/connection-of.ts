import { Field, ObjectType } from 'type-graphql';
import { PageInfo } from './types/page-info.ts';

/** A class that type-graphql knows as an object or interface type. */
// biome-ignore lint/complexity/noBannedTypes: abstract classes have no other common type.
type OutputClass = Function;

/** The Relay connection over nodes of a type, and its edge. */
export function connectionOf(node: OutputClass, name: string) {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `A ${name} within a connection.`,
  })
  class Edge {
    @Field(() => String, { description: 'Opaque place of this edge; good for this question only.' })
    readonly cursor!: string;

    @Field(() => node, { description: 'What stands at this place.' })
    readonly node!: unknown;
  }

  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: `A page of a list of ${name} values (Relay connection).`,
  })
  class Connection {
    @Field(() => [Edge], { description: 'The page, in the order of the list.' })
    readonly edges!: readonly Edge[];

    @Field(() => PageInfo, { description: 'Where the page stands.' })
    readonly pageInfo!: PageInfo;
  }
  return Connection;
}

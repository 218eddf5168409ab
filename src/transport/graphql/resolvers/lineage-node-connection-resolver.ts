import { FieldResolver, Resolver, Root } from 'type-graphql';
import { LineageNodeConnection } from '../types/connections.ts';

@Resolver(() => LineageNodeConnection)
export class LineageNodeConnectionResolver {
  @FieldResolver(() => Boolean, {
    description:
      'True where a walk behind the list ended at its own limit, so that nodes are missing; ' +
      'false for every other list.',
  })
  truncated(@Root() { truncated }: { readonly truncated?: boolean }) {
    return truncated ?? false;
  }
}

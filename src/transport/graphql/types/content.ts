import { Field, ObjectType } from 'type-graphql';
import { Digest } from '../scalars/digest.ts';

@ObjectType('Content', {
  simpleResolvers: true,
  description:
    'Content by its digest. One content can be several versions under several names, so other ' +
    'subgraphs that know a digest join here.',
})
export class Content {
  @Field(() => Digest, { description: 'SHA-256 of the manifest, or of the content itself.' })
  readonly digest!: string;
}

import { Args, FieldResolver, Resolver, Root } from 'type-graphql';
import type { FileDifference } from '../../../projections/compare-files.ts';
import { pageComplexity } from '../complexity.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import type { ShownFiles } from '../shown-comparison.ts';
import { showFile } from '../shown-file.ts';
import { FileDifferenceConnection } from '../types/connections.ts';
import { FileComparison } from '../types/file-comparison.ts';

@Resolver(() => FileComparison)
export class FileComparisonResolver {
  @FieldResolver(() => FileDifferenceConnection, {
    complexity: pageComplexity,
    description:
      'The files that differ: those of the first version in the order of their paths, then ' +
      'those that the second adds.',
  })
  differences(
    @Root() { differences, question }: ShownFiles,
    @Args(() => PageArgs) request: PageArgs,
  ) {
    return listPage(differences, { request, question }, showDifference);
  }
}

function showDifference({ path, change, a, b }: FileDifference) {
  return { path, change, a: a && showFile(a), b: b && showFile(b) };
}

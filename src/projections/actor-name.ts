import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type PersonalSource, personalText } from './personal-text.ts';

/**
 * By what name an actor is shown. A person's is joined from the sidecar, and is the marker of
 * erasure once the person is erased; in the graph a person has the pseudonym alone.
 */
export async function actorName(
  agent: Pick<NodeRow, 'name' | 'props'>,
  source: PersonalSource,
): Promise<string> {
  return (await personalText(agent.props.name, source)) ?? agent.name;
}

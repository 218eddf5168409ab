import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import { type Connection, connection, foundRows, type PageRequest, pageOf } from './paging.ts';
import type { ShownNode } from './shown-node.ts';
import { type ShownRegistration, showRegistration } from './shown-registration.ts';
import { versionEdges } from './version-pages.ts';

/**
 * A page of the registrations of a model, latest first. Those of versions that may not be read
 * are left out before pages are counted, so that no page tells that they are there.
 */
export async function registrationPage(
  model: ShownNode,
  request: PageRequest,
  context: GraphContext,
): Promise<Connection<ShownRegistration>> {
  const { id, times } = model;
  const question = questionOf('RegisteredModel.registrations', { asOf: times.asOf, of: id });
  const page = pageOf(request, question, 'index');
  const edges = (await versionEdges(model, context))
    .filter(({ since }) => page.after === undefined || since < page.after)
    .sort((a, b) => b.since - a.since);
  const wanted = page.size + 1;
  const rows: ShownRegistration[] = [];
  for (let at = 0; at < edges.length && rows.length < wanted; at += wanted) {
    const part = edges.slice(at, at + wanted);
    const shown = part.map(({ from }) => showRegistration(from, context, times));
    rows.push(...(await Promise.all(shown)).filter((each) => each !== null));
  }
  return connection(
    page,
    foundRows(rows, page, (node) => ({ node, place: node.since })),
  );
}

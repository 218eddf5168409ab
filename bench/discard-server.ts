import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';

/**
 * Answers the wandb SDK as shortly as it allows and keeps nothing: what a run costs here is the
 * SDK's own time. Prints its address; ends with its parent.
 */
function serveNothing(): void {
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const { port } = server.address() as AddressInfo;
    const isGraphql = request.url?.endsWith('/graphql') ?? false;
    const answer = isGraphql ? graphql(text, `http://127.0.0.1:${port}`) : STREAM_ANSWER;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on('disconnect', () => process.exit(0));
}

const STREAM_ANSWER = { exitcode: null, limits: {} };
const VIEWER = {
  id: 'VXNlcjox',
  entity: 'main',
  username: 'bench',
  email: 'bench@example.com',
  flags: '{}',
  teams: { edges: [{ node: { name: 'main' } }] },
};

interface Request {
  readonly query: string;
  readonly variables: { readonly name?: string; readonly files?: readonly string[] } | null;
}

function graphql(text: string, address: string): unknown {
  const { query, variables } = JSON.parse(text) as Request;
  if (/\bviewer\b/.test(query)) return { data: { viewer: VIEWER } };
  if (query.includes('upsertBucket')) return { data: { upsertBucket: bucketOf(variables?.name) } };
  if (query.includes('createRunFiles')) {
    const files = (variables?.files ?? []).map((name) => ({
      name,
      uploadUrl: `${address}/files/${encodeURIComponent(name)}`,
    }));
    return { data: { createRunFiles: { runID: 'UnVuOjE=', uploadHeaders: [], files } } };
  }
  if (query.includes('serverInfo')) return { data: { serverInfo: { features: [] } } };
  return { data: null };
}

function bucketOf(name: string | undefined) {
  const project = { name: 'bench', entity: { name: 'main' } };
  const shown = { id: 'UnVuOjE=', name, displayName: name, sweepName: null, historyLineCount: 0 };
  return { bucket: { ...shown, project }, inserted: true };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const isKept = request.url?.endsWith('/graphql') ?? false;
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) if (isKept) text += chunk;
  return text;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) serveNothing();

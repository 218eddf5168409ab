/** Where browsers find the page. */
export const GRAPHIQL_PATH = '/graphiql';

/** A question that every key may ask, with something to see in each part of the answer. */
export const GRAPHIQL_QUERY = `# Give an API key above. It stays in this tab
# and goes to this hub alone.
query Start {
  viewer {
    name
    kind
  }
  projects(first: 5) {
    edges {
      node {
        path
        recordedAt
      }
    }
  }
  auditLog(last: 5) {
    edges {
      node {
        index
        type
        outcome
        recordedAt
      }
    }
  }
}
`;

/**
 * The page may run and show what the hub itself serves, may ask the hub alone, and may stand in
 * no other page. Fonts and small pictures come within the style sheet.
 */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Each needs those before it. */
const SCRIPTS = [
  'react.production.min.js',
  'react-dom.production.min.js',
  'graphiql.min.js',
  'page.js',
] as const;

/** Addresses are relative, so that the page works behind a proxy that adds a path. */
export function graphiqlPage(addressOf: (name: string) => string): string {
  const script = (name: string) => `<script defer src="${addressOf(name)}"></script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Ledgerline GraphQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${addressOf('graphiql.min.css')}">
<link rel="stylesheet" href="${addressOf('page.css')}">
${SCRIPTS.map(script).join('\n')}
</head>
<body>
<form id="access">
<label for="key">API key</label>
<input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="ledgerline-...">
<button type="submit">Use</button>
<button type="button" id="forget">Forget</button>
<output id="who" for="key"></output>
</form>
<div id="graphiql"></div>
<noscript>This page needs JavaScript. The API is at /graphql.</noscript>
</body>
</html>
`;
}

export const GRAPHIQL_STYLE = `html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 14px/1.4 system-ui, sans-serif; }
#access { display: flex; gap: 8px; align-items: center; padding: 8px 12px; }
#access { background: #1b2740; color: #fff; }
#key { flex: 0 1 26em; font: 13px ui-monospace, monospace; padding: 4px 6px; }
#access button { padding: 4px 10px; }
#graphiql { flex: 1; min-height: 0; }
`;

/** What is asked of a run or a project whose address led here; its path is a variable. */
export const NAMED_QUERIES = {
  run: `query Run($path: String!) {
  run(path: $path) {
    name
    status
    startedAt
    endedAt
    config
    summary
    inputs(first: 20) { edges { node { kind name } } }
    outputs(first: 20) { edges { node { kind name } } }
    lineage(depth: 10) { nodes { kind name } edges { kind from to } }
  }
}
`,
  project: `query Project($team: String!, $name: String!) {
  project(team: $team, name: $name) {
    path
    recordedAt
    runs(first: 20) { edges { node { name status startedAt summary } } }
  }
}
`,
} as const;

/**
 * Starts GraphiQL. An address may name a run or a project to ask about, and nothing else: whoever
 * follows a link finds no other question there. Everything that the page keeps is kept for the
 * tab alone. GraphiQL is mounted anew with another key, because it asks for the schema once.
 */
export const GRAPHIQL_SCRIPT = `'use strict';
(() => {
  const KEPT = 'ledgerline-key';
  const field = document.getElementById('key');
  const who = document.getElementById('who');
  const root = ReactDOM.createRoot(document.getElementById('graphiql'));
  let mounted = 0;

  const ask = async (question) => {
    const key = sessionStorage.getItem(KEPT);
    if (!key) return { errors: [{ message: 'give an API key above' }] };
    const answer = await fetch('graphql', {
      method: 'POST',
      credentials: 'omit',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer ' + key,
        'content-type': 'application/json',
      },
      body: JSON.stringify(question),
    });
    return answer.json();
  };

  const greet = async () => {
    const { data, errors } = await ask({ query: '{ viewer { name } }' });
    who.textContent = data?.viewer?.name ?? errors?.[0]?.message ?? '';
  };

  const NAMED = ${JSON.stringify(NAMED_QUERIES)};
  const named = () => {
    const asked = new URLSearchParams(location.search);
    const kind = Object.keys(NAMED).find((each) => asked.has(each));
    if (!kind) return {};
    const path = asked.get(kind);
    const [team, name] = path.split('/');
    const variables = JSON.stringify(kind === 'run' ? { path } : { team, name }, null, 2);
    return { query: NAMED[kind], variables };
  };

  const mount = () => {
    mounted += 1;
    const properties = {
      key: mounted,
      fetcher: ask,
      ...named(),
      defaultQuery: ${JSON.stringify(GRAPHIQL_QUERY)},
      storage: sessionStorage,
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
    };
    const logo = React.createElement(GraphiQL.Logo, null, 'Ledgerline');
    root.render(React.createElement(GraphiQL, properties, logo));
    greet().catch((error) => { who.textContent = String(error); });
  };

  const use = (key) => {
    if (key) sessionStorage.setItem(KEPT, key);
    else sessionStorage.removeItem(KEPT);
    field.value = '';
    mount();
  };

  document.getElementById('access').addEventListener('submit', (event) => {
    event.preventDefault();
    use(field.value.trim());
  });
  document.getElementById('forget').addEventListener('click', () => use(''));
  mount();
})();
`;

import { fastify } from 'fastify';
import { describe, expect, test } from 'vitest';
import { pageLinks } from './page-links.ts';

const app = fastify();
pageLinks(app);

describe('addresses that people open', () => {
  test.each([
    ['/', 'graphiql'],
    ['/wandb/main/churn', '../../graphiql?project=main%2Fchurn'],
    ['/wandb/main/churn/runs/x1', '../../../../graphiql?run=main%2Fchurn%2Fx1'],
    ['/wandb/a%26b/c/runs/x%23y', '../../../../graphiql?run=a%26b%2Fc%2Fx%23y'],
  ])('%s leads to %s', async (url, location) => {
    const { statusCode, headers } = await app.inject({ url });
    expect([statusCode, headers.location]).toEqual([303, location]);
    const target = new URL(String(headers.location), `http://hub${url}`);
    expect(target.pathname).toBe('/graphiql');
  });

  test('behind a path that a proxy adds lead to the page there', () => {
    const location = '../../../../graphiql?run=m%2Fc%2Fx';
    const { pathname } = new URL(location, 'http://proxy/hub/wandb/m/c/runs/x');
    expect(pathname).toBe('/hub/graphiql');
  });
});

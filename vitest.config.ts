import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  resolve: {
    // graphql 16 ships two copies of itself. Node loads the CommonJS one for our dependencies and
    // Vite would load the other for our source; types of one are foreign to the other.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  // Vite takes decorator settings from the tsconfig that lists a file, and ours lists no tests.
  oxc: {
    decorator: { legacy: true },
    typescript: { removeClassFieldsWithoutInitializer: true },
    assumptions: { setPublicClassFields: true },
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'src/web/**'],
    environment: 'node',
    globalSetup: ['test/support/neo4j-for-the-run.ts'],
    pool: 'forks',
    // End-to-end tests start servers and clients of their own, so more files at once than cores
    // would make them wait for each other.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});

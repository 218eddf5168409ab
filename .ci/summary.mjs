// Says in a few lines what the test run did, and fails when it did less than everything: a test that
// was skipped or left for later proves nothing, and neither does a run that found no tests.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [reportPath, runnerExit] = process.argv.slice(2);

const readReport = () => {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    console.log(
      `The runner wrote no report (exit code ${runnerExit}): the build failed or it crashed.`,
    );
    return { testResults: [] };
  }
};

const suites = readReport()
  .testResults.map((suite) => {
    const count = (...states) =>
      suite.assertionResults.filter(({ status }) => states.includes(status)).length;
    return {
      name: relative(process.cwd(), suite.name),
      passed: count('passed'),
      failed: count('failed'),
      idle: suite.assertionResults.length - count('passed', 'failed'),
      broken: suite.status !== 'passed',
      tests: suite.assertionResults,
    };
  })
  .sort((one, other) => (one.name < other.name ? -1 : 1));

const total = (key) => suites.reduce((sum, suite) => sum + suite[key], 0);

for (const { name, passed, failed, idle, broken } of suites) {
  const rest = [failed > 0 && `${failed} failed`, idle > 0 && `${idle} skipped or todo`];
  const note = [`${passed} passed`, ...rest].filter(Boolean).join(', ');
  console.log(`${broken || failed > 0 || idle > 0 ? 'FAIL' : 'ok  '} ${name} (${note})`);
}

const named = (states) =>
  suites.flatMap(({ name, tests }) =>
    tests
      .filter(({ status }) => states(status))
      .map(({ fullName, status }) => `  ${status}: ${name} > ${fullName}`),
  );

// A file that could not be loaded, or whose set-up failed, has no failed test to count it by.
const unloaded = suites.filter(({ broken, failed }) => broken && failed === 0);
const idle = named((status) => !['passed', 'failed'].includes(status));
const failures = named((status) => status === 'failed');
if (failures.length > 0) console.log(['', 'Failed:', ...failures].join('\n'));
if (idle.length > 0)
  console.log(['', 'Skipped or todo, which counts as failed:', ...idle].join('\n'));

const passed = total('passed');
let failed = total('failed') + total('idle') + unloaded.length;
// An error outside any test, or a worker that died, shows in the runner's exit code alone.
if (failed === 0 && (runnerExit !== '0' || passed === 0)) failed = 1;

const states = `${suites.length} suites, runner's exit code ${runnerExit}`;
console.log(`\n${states}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

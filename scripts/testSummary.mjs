// The last lines of `npm test`: everything that failed, by name and with the first lines of its error, then how many tests ran.

/** @import { TestReport } from './testReporter.mjs' */

/** How the tests of one kind went. `report` is missing when there is none, `errors` is what the runner wrote to its standard
 * error, `duration` is in milliseconds.
 * @typedef {{ name: string, succeeded: boolean, report: TestReport | undefined, errors: string, duration: number }} KindRun */

const linesOfError = 25;
const linesOfErrors = 30;

/** @param {readonly KindRun[]} runs */
export function describeRuns(runs) {
  const failures = runs.flatMap(describeFailures);
  return [...failures, ...(failures.length > 0 ? [''] : []), ...runs.map(describeCounts)].join('\n');
}

/** @param {KindRun} run
 * @returns {string[]} */
function describeFailures({ name, succeeded, report, errors }) {
  if (succeeded) return [];
  const failures = report?.failures ?? [];
  const lines = failures.flatMap(({ where, error }) => [
    `✗ ${name}: ${where}`,
    ...indent(error.split('\n').slice(0, linesOfError)),
  ]);
  for (const file of report?.running ?? [])
    lines.push(`✗ ${name}: ${file}`, ...indent(['was running when all broke off']));
  if (failures.length > 0 && report?.finished === true) return lines;
  const last = errors.trimEnd().split('\n').slice(-linesOfErrors);
  return [...lines, `✗ ${name}: the runner failed; the last it said:`, ...indent(last)];
}

/** @param {string[]} lines */
function indent(lines) {
  return lines.map((line) => `    ${line}`);
}

/** @param {KindRun} run */
function describeCounts({ name, succeeded, report, duration }) {
  const seconds = `(${Math.round(duration / 1000)} s)`;
  return `${succeeded ? '✓' : '✗'} ${name.padEnd(11)} ${describeReport(report)} ${seconds}`;
}

/** @param {TestReport | undefined} report */
function describeReport(report) {
  if (report === undefined) return 'did not finish';
  const { finished, passed, failed, skipped } = report;
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return finished ? counts : `did not finish; ${counts} until then`;
}

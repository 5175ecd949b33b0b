// A reporter for vitest that keeps, in the file BELAY_TEST_REPORT names, how many tests ran and what failed: while they run
// too, so that the file says what is known of a run that breaks off.

import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './run.mjs';

/** @import { SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node' */

/** What failed: a test, a hook, a file that could not be loaded, or an error nobody caught.
 * @typedef {{ where: string, error: string }} Failure */

/** `running` names the files whose tests are not over.
 * @typedef {{ finished: boolean, passed: number, failed: number, skipped: number, failures: Failure[], running: string[] }} TestReport */

const linesOfMessage = 10;
const linesOfDiff = 12;
const longestLine = 300;

export default class TestReporter {
  /** @type {TestReport} */
  #report = { finished: false, passed: 0, failed: 0, skipped: 0, failures: [], running: [] };
  #file;

  constructor() {
    const file = process.env.BELAY_TEST_REPORT;
    if (file === undefined) throw new Error('BELAY_TEST_REPORT must name the file for the report');
    this.#file = file;
  }

  onTestRunStart() {
    this.#write();
  }

  /** @param {TestModule} module */
  onTestModuleStart(module) {
    this.#report.running.push(fileOf(module));
    this.#write();
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.#report.running = this.#report.running.filter((file) => file !== fileOf(module));
    this.#add(module);
    this.#write();
  }

  /** @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<SerializedError>} unhandled */
  onTestRunEnd(modules, unhandled) {
    this.#report = { finished: true, passed: 0, failed: 0, skipped: 0, failures: [], running: [] };
    for (const module of modules) this.#add(module);
    for (const error of unhandled) this.#report.failures.push(...toFailures(sourceOf(error), [error]));
    this.#write();
  }

  /** @param {TestModule} module */
  #add(module) {
    const { failures } = this.#report;
    failures.push(...toFailures(fileOf(module), module.errors()));
    for (const suite of module.children.allSuites()) {
      failures.push(...toFailures(nameOf(suite), suite.errors()));
    }
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      // Pending at the end is a test whose process went away below it.
      this.#report[state === 'pending' ? 'failed' : state] += 1;
      if (state === 'pending') failures.push({ where: nameOf(test), error: 'did not come to an end' });
      if (state === 'failed') failures.push(...toFailures(nameOf(test), errors));
    }
  }

  #write() {
    writeFileSync(this.#file, JSON.stringify(this.#report));
  }
}

/** @param {TestModule} module */
function fileOf(module) {
  return relative(root, module.moduleId);
}

/** @param {TestCase | TestSuite} task */
function nameOf(task) {
  return `${fileOf(task.module)} > ${task.fullName}`;
}

/** Where an error comes from that no test or hook threw; vitest says which file ran, and mostly which test.
 * @param {SerializedError} error */
function sourceOf({ VITEST_TEST_PATH: path, VITEST_TEST_NAME: test }) {
  const names = [typeof path === 'string' ? relative(root, path) : undefined, test, 'an error nobody caught'];
  return names.filter((name) => typeof name === 'string').join(' > ');
}

/** @param {string} where
 * @param {ReadonlyArray<SerializedError>} errors
 * @returns {Failure[]} */
function toFailures(where, errors) {
  return errors.map((error) => ({ where, error: describeError(error) }));
}

/** The first lines of what an error says, of the difference it found and of its cause, and where it was thrown.
 * @param {SerializedError} error
 * @returns {string} */
function describeError({ name, message, diff, cause, stacks }) {
  const title = name === undefined || message.startsWith(name) ? message : `${name}: ${message}`;
  const lines = firstLines(title, linesOfMessage);
  if (typeof diff === 'string') lines.push(...firstLines(diff, linesOfDiff));
  const place = stacks?.find(({ file }) => !file.includes('node_modules')) ?? stacks?.[0];
  if (place !== undefined) lines.push(`at ${relative(root, place.file)}:${place.line}:${place.column}`);
  if (cause !== undefined && cause.message !== undefined) lines.push(`because: ${describeError(cause)}`);
  return lines.join('\n');
}

/** @param {string} text
 * @param {number} limit */
function firstLines(text, limit) {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shown = lines.slice(0, limit).map((line) => line.slice(0, longestLine));
  return lines.length > limit ? [...shown, '…'] : shown;
}

// The few words that tests inside the extension host need. VS Code calls one function there and waits for its promise;
// a test framework that wants a process of its own does not fit.

/** Registers a test; its name is a sentence. It fails when it throws or takes longer than the limit in milliseconds. */
export type TestFunction = (name: string, body: () => void | Promise<void>, limitMs?: number) => void;

interface Test {
  readonly name: string;
  readonly body: () => void | Promise<void>;
  readonly limitMs: number;
}

/** How a run ended. */
export interface SuiteResult {
  readonly passed: number;
  /** The name of each test that failed, and what it threw, with its stack. */
  readonly failures: readonly { readonly where: string; readonly error: string }[];
}

/** What a file of tests exports by default. */
export type Suite = (test: TestFunction) => void;

const defaultLimitMs = 20_000;

/** Runs the tests of all suites one after the other, reporting each line as it comes. */
export async function runSuites(
  suites: readonly Suite[],
  report: (line: string) => void,
): Promise<SuiteResult> {
  const tests: Test[] = [];
  for (const suite of suites) {
    suite((name, body, limitMs = defaultLimitMs) => tests.push({ name, body, limitMs }));
  }
  const failures: { where: string; error: string }[] = [];
  for (const test of tests) {
    const started = Date.now();
    try {
      await withLimit(test);
      report(`✓ ${test.name} (${Date.now() - started} ms)`);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ where: test.name, error: text });
      report(`✗ ${test.name}\n${text}`);
    }
  }
  return { passed: tests.length - failures.length, failures };
}

async function withLimit(test: Test): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${test.limitMs} ms`)), test.limitMs);
  });
  try {
    await Promise.race([test.body(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Variables that may be set in front of an allowed command: they choose a language or how much is told, and nothing is run by them. */
import type { ShellAssignment } from './shellScript.ts';

const HARMLESS = new Set(
  `NODE_ENV LANG LANGUAGE LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_NUMERIC LC_TIME TZ NO_COLOR FORCE_COLOR CLICOLOR
  CLICOLOR_FORCE COLUMNS LINES CI RUST_BACKTRACE RUST_LOG GOOS GOARCH CGO_ENABLED GO111MODULE PYTHONUNBUFFERED
  PYTHONDONTWRITEBYTECODE VITEST_MAX_WORKERS`.split(/\s+/),
);

/** The first assignment that isn't known to be harmless. */
export function findRiskyAssignment(assignments: readonly ShellAssignment[]): ShellAssignment | undefined {
  return assignments.find(
    ({ name, value }) => !HARMLESS.has(name) || value === undefined || !/^[\w.,:+/@ -]*$/.test(value),
  );
}

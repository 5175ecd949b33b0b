import { type Diagnostic, DiagnosticSeverity, languages, type Uri } from 'vscode';
import type { Problem } from '../../protocol/problems.ts';
import { documentsOf, type SeenFile } from './openInBackground.ts';

/** Of one file. */
const MAX_PROBLEMS = 1000;

/** The errors and warnings that are known of the file now. */
export function collectProblems(seen: SeenFile): Problem[] {
  const isNotebook = seen.kind === 'notebook';
  return documentsOf(seen)
    .flatMap(({ uri }, index) => toProblems(uri, isNotebook ? { cell: index + 1 } : {}))
    .slice(0, MAX_PROBLEMS);
}

export function toProblems(uri: Uri, place: Pick<Problem, 'cell'> = {}): Problem[] {
  return languages.getDiagnostics(uri).flatMap((diagnostic) => {
    const severity = toSeverity(diagnostic);
    return severity === undefined ? [] : [{ ...toProblem(diagnostic, severity), ...place }];
  });
}

function toProblem({ message, range, source, code }: Diagnostic, severity: Problem['severity']): Problem {
  const value = typeof code === 'object' ? code.value : code;
  return {
    severity,
    line: range.start.line + 1,
    column: range.start.character + 1,
    message,
    ...(source === undefined ? {} : { source }),
    ...(value === undefined || value === '' ? {} : { code: String(value) }),
  };
}

/** Hints are not worth telling. */
function toSeverity({ severity }: Diagnostic): Problem['severity'] | undefined {
  if (severity === DiagnosticSeverity.Error) return 'error';
  return severity === DiagnosticSeverity.Warning ? 'warning' : undefined;
}

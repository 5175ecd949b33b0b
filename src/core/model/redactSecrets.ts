/** Takes keys and tokens out of text that a person or a log will see (SECURITY F68). */

const REDACTED = '[redacted]';

/** What is a secret by its looks. The first group, where there is one, is kept. */
const PATTERNS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{8,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\b((?:Bearer|Basic)\s+)[^\s"',;]+/gi,
  /(["']?(?:x-api-key|api[_-]?key|auth[_-]?token|access[_-]?token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',;}]+/gi,
  /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
];

/** The text without what looks like a secret. */
export function redactSecrets(text: string): string {
  return PATTERNS.reduce(
    (redacted, pattern) =>
      redacted.replace(pattern, (_match, kept: unknown) =>
        typeof kept === 'string' ? kept + REDACTED : REDACTED,
      ),
    text,
  );
}

/** Reading a tool's input, which may be half written, malformed, or of a tool that only shares a name. */

export function getString(input: unknown, key: string): string {
  const value = getField(input, key);
  return typeof value === 'string' ? value : '';
}

export function getNumber(input: unknown, key: string): number | null {
  const value = getField(input, key);
  return typeof value === 'number' ? value : null;
}

export function getList(input: unknown, key: string): readonly unknown[] {
  const value = getField(input, key);
  return Array.isArray(value) ? value : [];
}

export function getField(input: unknown, key: string): unknown {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, key)) return undefined;
  return (input as Record<string, unknown>)[key];
}

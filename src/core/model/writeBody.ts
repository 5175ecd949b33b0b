/**
 * The body of a request as JSON. System prompt and tools, most of a short one, are the same in every request of a session:
 * they are made JSON once.
 */
import { buildRequestBody } from './buildRequestBody.ts';
import type { ModelRequest } from './modelRequest.ts';
import type { ModelRow } from './modelTable.ts';

/** The JSON of `buildRequestBody`. */
export type BodyWriter = (request: ModelRequest, row: ModelRow) => string;

/** Remembers what it made of lists of tools and system prompts as long as somebody holds these. */
export function createBodyWriter(): BodyWriter {
  const known = new WeakMap<object, string>();
  const remember = (key: object, value: unknown): string => {
    const json = known.get(key) ?? JSON.stringify(value);
    known.set(key, json);
    return json;
  };
  return (request, row) => {
    const body = buildRequestBody(request, row);
    const fields = Object.entries(body).map(([name, value]) => {
      // Of a system prompt always the same is made.
      const key = name === 'system' || name === 'tools' ? request[name] : undefined;
      return `${JSON.stringify(name)}:${key === undefined ? JSON.stringify(value) : remember(key, value)}`;
    });
    return `{${fields.join(',')}}`;
  };
}

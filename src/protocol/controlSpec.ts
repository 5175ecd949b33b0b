/** One row of the table of control requests. */
import type * as z from 'zod';

/**
 * Who answers: `agent` (the session actor), `client` (whoever drives it), `program` (a client that is a program and brought
 * servers of its own along), `editor` (the VS Code host, asked by its panel), `process` (a process that holds an agent, asked
 * by the VS Code host), `host` (the VS Code host, asked by such a process).
 */
export type Answerer = 'agent' | 'client' | 'program' | 'editor' | 'process' | 'host';

/** Who answers, what is asked, and what the answer looks like. */
export const spec = <Who extends Answerer, Request extends z.ZodType, Response extends z.ZodType>(
  answeredBy: Who | readonly Who[],
  request: Request,
  response: Response,
) => ({ answeredBy, request, response });

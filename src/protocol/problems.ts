/** What an editor finds wrong with files: between the processes, and in the output of the tools that change files. */
import * as z from 'zod';

export const problem = z.object({
  severity: z.enum(['error', 'warning']),
  /** From 1; in a notebook within its cell. */
  line: z.number(),
  /** From 1, in UTF-16 units. */
  column: z.number(),
  message: z.string(),
  /** Who says so: "ts", "eslint". */
  source: z.string().optional(),
  code: z.string().optional(),
  /** Of a notebook: the cell, from 1. */
  cell: z.number().optional(),
  /** Of a change of several files: in which. Absolute. */
  path: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

/** The problems of a file at a moment. */
export const problemBaseline = z.object({
  path: z.string(),
  problems: z.array(problem),
  /** False: perhaps nobody had looked at the file yet, so that what is found later may be older. */
  isKnown: z.boolean(),
  /** Of the document they are of; absent: there was no file. */
  version: z.number().optional(),
  lineCount: z.number(),
  /** Milliseconds that were spent on waiting for them. */
  waitedMs: z.number(),
});
export type ProblemBaseline = z.infer<typeof problemBaseline>;

export const problemsFound = z.object({ problems: z.array(problem), lineCount: z.number() });
export type ProblemsFound = z.infer<typeof problemsFound>;

/** What a change has made of the problems of a file: the field `problems` of the tool's output. */
export const problemChange = z.object({
  /** Errors first. Not more than are worth showing. */
  added: z.array(problem),
  /** How many beside those. */
  more: z.number(),
  gone: z.number(),
  /** It isn't known what was wrong before: what is new may be older, what is gone is unknown. */
  mayBeOlder: z.boolean().optional(),
});
export type ProblemChange = z.infer<typeof problemChange>;

/** What a person has open in the editor while they say something, in words for the model. */
import type { AttachedText } from '../../protocol/attachedText.ts';
import type { EditorContext } from '../../protocol/editorContext.ts';
import type { RunTool } from '../tools/tool.ts';

/** Texts that a client has brought along. Those of files that the model may not read are only named. */
export async function describeAttached(
  attached: readonly AttachedText[],
  mayRead: ContextReading['mayRead'],
): Promise<readonly string[]> {
  return Promise.all(
    attached.map(async ({ title, text, path }) => {
      const isOpen = path === undefined || (await mayRead(path));
      return `${title}:\n\n${isOpen ? text : '(left out: it may not be read without asking)'}`;
    }),
  );
}

export interface ContextReading {
  /** Nobody is asked for the sake of what merely stands open. */
  readonly mayRead: (path: string) => Promise<boolean>;
  readonly runTool: RunTool;
}

const MAYBE = 'It may or may not have to do with what they say.';

export async function describeContext(
  { path, lines }: EditorContext,
  { mayRead, runTool }: ContextReading,
): Promise<string> {
  if (lines === undefined) return `The user has ${path} open in the editor. ${MAYBE}`;
  const { from, to } = lines;
  const said = `The user has lines ${from} to ${to} of ${path} selected in the editor. ${MAYBE}`;
  if (!(await mayRead(path))) return said;
  const { text, isError } = await runTool('Read', { file_path: path, offset: from, limit: to - from + 1 });
  return isError || text === '' ? said : `${said} They are:\n\n${text}`;
}

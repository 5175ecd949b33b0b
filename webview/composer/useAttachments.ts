import { useState } from 'preact/hooks';
import { type Attachment, COUNT_LIMIT, readAttachment } from './attachments.ts';

export interface Attachments {
  readonly list: readonly Attachment[];
  /** Why the last files were not all taken; '' when they were. */
  readonly problem: string;
  readonly add: (files: Iterable<File>) => void;
  readonly remove: (id: string) => void;
  readonly clear: () => void;
}

/** The files of the message being written. */
export function useAttachments(): Attachments {
  const [list, setList] = useState<readonly Attachment[]>([]);
  const [problem, setProblem] = useState('');

  async function read(files: readonly File[]): Promise<void> {
    const outcomes = await Promise.all(files.map((file) => readAttachment(file, crypto.randomUUID())));
    const taken = outcomes.flatMap((outcome) => (outcome.kind === 'taken' ? [outcome.attachment] : []));
    const problems = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.problem] : []));
    setList((before) => [...before, ...taken].slice(0, COUNT_LIMIT));
    if (list.length + taken.length > COUNT_LIMIT)
      problems.push(`No more than ${COUNT_LIMIT} files can be sent at once.`);
    setProblem(problems.join(' '));
  }

  return {
    list,
    problem,
    add: (files) => {
      read([...files]).catch(() => setProblem('The file could not be read.'));
    },
    remove: (id) => {
      setProblem('');
      setList((before) => before.filter((attachment) => attachment.id !== id));
    },
    clear: () => {
      setProblem('');
      setList([]);
    },
  };
}

/** Problems of a file in words. */
import type { Problem, ProblemChange } from '../../../src/protocol/problems.ts';

/** "2 new problems, 1 problem gone" */
export function describeChange({ added, more, gone, mayBeOlder }: ProblemChange): string {
  const count = added.length + more;
  const words = [
    ...(count === 0 ? [] : [toCount(count, mayBeOlder === true ? 'problem' : 'new problem')]),
    ...(gone === 0 ? [] : [`${toCount(gone, 'problem')} gone`]),
  ];
  return words.join(', ');
}

function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function toPlace({ cell, line, column }: Problem): string {
  return `${cell === undefined ? '' : `cell ${cell}, `}${line}:${column}`;
}

export function toOrigin({ source, code }: Problem): string {
  return [source, code].filter((word) => word !== undefined).join(' ');
}

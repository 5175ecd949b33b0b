import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPage, type PageEntry } from '../../../src/vscode/conversationPages.ts';

/** Prompts, replies, and what belongs to the one before. */
const entries = fc
  .array(fc.record({ kind: fc.constantFrom('user', 'reply', 'notice', 'none'), size: fc.nat(900_000) }), {
    minLength: 1,
    maxLength: 400,
  })
  .map((list) =>
    list.map(
      ({ kind, size }, index): PageEntry => ({ key: kind === 'none' ? null : `${kind}:${index}`, size }),
    ),
  );

const begins = ({ key }: PageEntry): boolean => key !== null && /^(user|reply):/.test(key);

describe('the pages of a conversation', () => {
  it('read from the end to the beginning, or forth again, leave nothing out', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const back: PageEntry[] = [];
        let page = findPage(all, {});
        while (page !== undefined && page.end > page.start) {
          back.unshift(...all.slice(page.start, page.end));
          const first = all.slice(page.start, page.end).find(({ key }) => key !== null)?.key;
          page = page.start > 0 && first != null ? findPage(all, { before: first }) : undefined;
        }
        // Where a page has no item at all, there is nothing to ask the one before it by.
        expect(all.slice(-back.length)).toEqual(back);
        expect(all.slice(0, all.length - back.length).some(begins)).toBe(false);
      }),
    );
  });

  it('go on where the one before ended', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, seed) => {
        const items = all.filter(({ key }) => key !== null);
        const from = items[seed % Math.max(1, items.length)];
        if (from?.key == null) return;
        const seen: PageEntry[] = [];
        let key: string | null = from.key;
        while (key !== null) {
          const page = findPage(all, { after: key });
          const told = all.slice(page?.start, page?.end);
          seen.push(...told);
          key = told.findLast((entry) => entry.key !== null)?.key ?? null;
          if (page?.end === all.length) break;
        }
        // What follows the last item of a page comes with the next one, too.
        expect([...new Set(seen)]).toEqual(all.slice(all.indexOf(from) + 1));
      }),
    );
  });

  it('begin with a step, have what was asked for, and are no longer than they may be', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, seed) => {
        const items = all.filter(({ key }) => key !== null);
        const wanted = items[seed % Math.max(1, items.length)];
        if (wanted?.key == null) return;
        const page = findPage(all, { around: wanted.key });
        const told = all.slice(page?.start, page?.end);
        expect(told).toContain(wanted);
        const [first] = told;
        expect(first !== undefined && (begins(first) || page?.start === 0)).toBe(true);
        const above = told.slice(0, told.indexOf(wanted)).filter(begins);
        expect(above.length).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('have an item to ask the next one by, however much belongs to the one before', () => {
    const all = [
      { key: 'user:0', size: 1 },
      { key: null, size: 900_000 },
      { key: null, size: 900_000 },
      { key: 'reply:3', size: 1 },
      { key: 'reply:4', size: 1 },
    ];
    expect(findPage(all, { after: 'user:0' })).toEqual({ start: 1, end: 4 });
  });

  it('are told apart from those that are gone', () => {
    const all: PageEntry[] = [{ key: 'user:1', size: 1 }];
    for (const request of [{ before: 'user:2' }, { after: 'user:2' }, { around: 'user:2' }])
      expect(findPage(all, request)).toBeUndefined();
    expect(findPage([], {})).toEqual({ start: 0, end: 0 });
  });

  it('are cut where they grow too large, but for one step that is larger alone', () => {
    const all: PageEntry[] = Array.from({ length: 30 }, (_, index) => ({
      key: `reply:${index}`,
      size: 400_000,
    }));
    expect(findPage(all, {})).toEqual({ start: 27, end: 30 });
    expect(findPage(all, { before: 'reply:27' })).toEqual({ start: 24, end: 27 });
    expect(findPage(all, { after: 'reply:3' })).toEqual({ start: 4, end: 8 });
    const large: PageEntry[] = all.map(({ key }) => ({ key, size: 5_000_000 }));
    expect(findPage(large, {})).toEqual({ start: 29, end: 30 });
    expect(findPage(large, { before: 'reply:29' })).toEqual({ start: 28, end: 29 });
  });
});

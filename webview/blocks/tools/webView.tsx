import { PlainResult } from './PlainResult.tsx';
import { toResultText } from './resultText.ts';
import { getString } from './toolInput.ts';
import type { ToolView } from './toolView.ts';

/** A page of the web. */
export const webFetchView: ToolView = {
  icon: 'globe',
  isFramed: false,
  title: ({ input }) => ({ verb: 'Fetch', subject: getString(input, 'url'), isCode: true }),
  hasBody: ({ run }) => toResultText(run.result) !== '',
  isOpenByDefault: () => false,
  Body: PlainResult,
};

export const webSearchView: ToolView = {
  ...webFetchView,
  title: ({ input }) => ({ verb: 'Search the web for', subject: getString(input, 'query') }),
};

/** The view of each tool, by its name. */
import { agentView } from './agentView.tsx';
import { askUserQuestionView } from './askUserQuestionView.tsx';
import { bashView } from './bashView.tsx';
import { commentView } from './commentView.tsx';
import { editView } from './editView.tsx';
import { exitPlanModeView } from './exitPlanModeView.tsx';
import { genericView } from './genericView.tsx';
import { lspView, renameView } from './languageViews.tsx';
import { readView } from './readView.tsx';
import { globView, grepView } from './searchView.tsx';
import { todoView } from './todoView.tsx';
import type { ToolView } from './toolView.ts';
import { webFetchView, webSearchView } from './webView.tsx';
import { writeView } from './writeView.tsx';

const VIEWS: ReadonlyMap<string, ToolView> = new Map([
  ['Agent', agentView],
  ['Task', agentView],
  ['AskUserQuestion', askUserQuestionView],
  ['Bash', bashView],
  ['Edit', editView],
  ['ExitPlanMode', exitPlanModeView],
  ['Glob', globView],
  ['Grep', grepView],
  ['LSP', lspView],
  ['Read', readView],
  ['RenameSymbol', renameView],
  ['ResolveComment', commentView],
  ['TodoWrite', todoView],
  ['WebFetch', webFetchView],
  ['WebSearch', webSearchView],
  ['Write', writeView],
]);

export function getToolView(name: string): ToolView {
  return VIEWS.get(name) ?? genericView;
}

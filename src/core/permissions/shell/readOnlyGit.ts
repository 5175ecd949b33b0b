/** Commands of git that only look. What is not listed is asked about: many of them write with one option more. */
import { certainValue, type ShellWord } from './shellWord.ts';

interface GitLook {
  readonly options: RegExp;
  /** How many other words it may have; more than one makes some of them write. */
  readonly most?: number;
}

const SHOW =
  /^(?:-[0-9]+|-[npsuwbzM]\d*|-[SGLU].*|--(?:oneline|graph|decorate|all|stat|shortstat|numstat|name-only|name-status|summary|patch|no-patch|raw|cached|staged|merge-base|abbrev-commit|abbrev|no-color|color|word-diff|ignore-all-space|ignore-space-change|ignore-blank-lines|find-renames|follow|first-parent|no-merges|merges|reverse|branches|tags|remotes|date-order|topo-order|no-ext-diff|no-textconv|exit-code|quiet|check|relative|diff-filter|diff-algorithm|minimal|patience|histogram|unified|author|committer|grep|since|until|after|before|date|format|pretty|max-count|skip|max-parents|min-parents)(?:=.*)?)$/;

const LOOKS: ReadonlyMap<string, GitLook> = new Map([
  [
    'status',
    {
      options:
        /^(?:-[sbuvz]+|-u(?:no|normal|all)|--(?:short|branch|porcelain|long|verbose|ignored|untracked-files|show-stash|ahead-behind|no-renames)(?:=\w+)?)$/,
    },
  ],
  ['log', { options: SHOW }],
  ['diff', { options: SHOW }],
  ['show', { options: SHOW }],
  ['shortlog', { options: /^(?:-[nsec]+|--(?:summary|numbered|email|all))$/ }],
  ['blame', { options: /^(?:-[wlstefcMC]+|-L.*|--(?:porcelain|line-porcelain|show-email|date)(?:=.*)?)$/ }],
  [
    'ls-files',
    {
      options:
        /^(?:-[cdmostuvz]+|--(?:cached|deleted|modified|others|stage|exclude-standard|full-name|error-unmatch|unmerged|ignored))$/,
    },
  ],
  ['ls-tree', { options: /^(?:-[drtlz]+|--(?:name-only|full-name|long|full-tree))$/ }],
  [
    'rev-parse',
    {
      options:
        /^--(?:show-toplevel|abbrev-ref|short|git-dir|is-inside-work-tree|show-prefix|show-cdup|verify|quiet|symbolic-full-name|absolute-git-dir|abbrev)(?:=.*)?$/,
    },
  ],
  [
    'rev-list',
    {
      options:
        /^(?:-n|-[0-9]+|--(?:count|all|max-count|left-right|no-merges|first-parent|reverse|since|until)(?:=.*)?)$/,
    },
  ],
  ['describe', { options: /^--(?:tags|always|all|long|dirty|abbrev|match|exact-match)(?:=.*)?$/ }],
  ['merge-base', { options: /^--(?:all|is-ancestor|fork-point|octopus)$/ }],
  ['cat-file', { options: /^-[tspe]$/ }],
  ['name-rev', { options: /^--(?:name-only|tags|always)$/ }],
  ['for-each-ref', { options: /^--(?:format|sort|count|contains|merged|no-merged|points-at)(?:=.*)?$/ }],
  [
    'branch',
    {
      options:
        /^(?:-[arv]+|--(?:all|remotes|verbose|list|show-current|merged|no-merged|contains|no-color)(?:=.*)?)$/,
      most: 0,
    },
  ],
  ['tag', { options: /^(?:-l|-n\d*|--(?:list|sort|contains|merged|points-at)(?:=.*)?)$/, most: 0 }],
  ['remote', { options: /^(?:-v|--verbose)$/, most: 0 }],
  ['stash', { options: /^--(?:oneline|stat)$/, most: 1 }],
  ['reflog', { options: SHOW, most: 0 }],
]);

/**
 * The words that may name files: outside of a repository git shows any file. undefined: it isn't known to only look. `trusted`:
 * the folder's own configuration of git, which can run programs, may count.
 */
export function listGitFiles(
  words: readonly ShellWord[],
  { trusted, isElsewhere }: { readonly trusted: boolean; readonly isElsewhere: boolean },
): readonly ShellWord[] | undefined {
  if (!trusted || isElsewhere || words.some((word) => certainValue(word) === undefined)) return undefined;
  const [name, ...rest] = words[0]?.value === '--no-pager' ? words.slice(1) : words;
  const found = LOOKS.get(name?.value ?? '');
  if (found === undefined) return undefined;
  const end = rest.findIndex(({ value }) => value === '--');
  const before = end === -1 ? rest : rest.slice(0, end);
  const operands = before.filter(({ value }) => !value.startsWith('-'));
  if (name?.value === 'stash' && operands[0]?.value !== 'list') return undefined;
  const areKnown = before.every(({ value }) => !value.startsWith('-') || found.options.test(value));
  if (!areKnown || operands.length > (found.most ?? Number.POSITIVE_INFINITY)) return undefined;
  return rest.filter(({ value }) => !value.startsWith('-'));
}

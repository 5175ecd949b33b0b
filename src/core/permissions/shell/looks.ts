/** Programs that only look, with the options of theirs that only look. What is not listed here is asked about. */

export interface Look {
  /** Options of one letter, then those that take a value. */
  readonly letters: string;
  readonly taking: string;
  /** Long options, without the dashes. */
  readonly long: readonly string[];
  /**
   * What the other words are: files whose content is shown, files of which only names are, texts, a text and then files, at
   * most one file, a single `+format`; `anything`: no word at all matters.
   */
  readonly operands:
    | 'files'
    | 'listed'
    | 'texts'
    | 'text, files'
    | 'format'
    | 'one file'
    | 'none'
    | 'anything';
}

function look(operands: Look['operands'], letters = '', taking = '', long = ''): Look {
  return { operands, letters, taking, long: long.split(' ').filter((name) => name !== '') };
}

const SUMS = look('files', 'btz', '', 'binary text zero tag');
export const LOOKS: ReadonlyMap<string, Look> = new Map<string, Look>([
  [
    'ls',
    look(
      'listed',
      'aAbBcCdfFgGhHiklLmnNopqQrRsStuUvxXZ1',
      'Iw',
      'all almost-all author classify color directory full-time group-directories-first human-readable inode no-group recursive reverse si size sort time width',
    ),
  ],
  [
    'cat',
    look(
      'files',
      'AbeEnstTuv',
      '',
      'number number-nonblank show-all show-ends show-nonprinting show-tabs squeeze-blank',
    ),
  ],
  ['head', look('files', 'qvz0123456789', 'nc', 'lines bytes quiet silent verbose')],
  ['tail', look('files', 'qvz0123456789', 'nc', 'lines bytes quiet silent verbose')],
  ['wc', look('files', 'clLmw', '', 'bytes chars lines max-line-length words')],
  ['nl', look('files', 'p', 'bdfhilnsvw')],
  ['tac', look('files', 'br', 's')],
  ['rev', look('files')],
  [
    'cut',
    look(
      'files',
      'ns',
      'bcdf',
      'bytes characters delimiter fields complement only-delimited output-delimiter',
    ),
  ],
  ['tr', look('texts', 'cCdst')],
  ['fold', look('files', 'bs', 'w')],
  ['paste', look('files', 's', 'd')],
  ['join', look('files', 'i', 'aejotv12')],
  ['comm', look('files', '123')],
  ['cmp', look('files', 'bls', 'in')],
  [
    'diff',
    look(
      'files',
      'abBdeEinpqsNtTuwy0123456789',
      'CUxIW',
      'brief color context ignore-all-space ignore-blank-lines ignore-case ignore-space-change minimal new-file report-identical-files side-by-side suppress-common-lines text unified width exclude',
    ),
  ],
  [
    'sort',
    look(
      'files',
      'bcCdfghiMnrRsuVz',
      'kt',
      'check dictionary-order field-separator general-numeric-sort human-numeric-sort ignore-case key numeric-sort reverse stable unique version-sort',
    ),
  ],
  ['uniq', look('one file', 'cdDiuz', 'fsw', 'count repeated unique ignore-case')],
  ['column', look('files', 'tx', 'csoN')],
  ['stat', look('files', 'Lft', 'c', 'format printf dereference terse')],
  ['file', look('files', 'bhikNnprsv0', '', 'brief mime mime-type mime-encoding')],
  [
    'du',
    look(
      'files',
      'abcDhHklLmPsSx0',
      'dt',
      'all apparent-size bytes human-readable max-depth si summarize total',
    ),
  ],
  ['df', look('files', 'ahHiklPT', '', 'human-readable inodes local print-type total')],
  ['basename', look('texts', 'az', 's')],
  ['dirname', look('texts', 'z')],
  ['realpath', look('files', 'emLPqsz')],
  ['readlink', look('files', 'efmnqsvz')],
  ['md5sum', SUMS],
  ['sha1sum', SUMS],
  ['sha256sum', SUMS],
  ['sha512sum', SUMS],
  ['cksum', look('files')],
  ['od', look('files', 'abcdfiloshxv', 'AjNStw')],
  ['hexdump', look('files', 'bcCdovx', 'ns')],
  ['xxd', look('one file', 'abeEipu', 'cglos')],
  ['strings', look('files', 'a', 'ent')],
  ['base64', look('files', 'di', 'w', 'decode wrap ignore-garbage')],
  [
    'grep',
    look(
      'text, files',
      'EFGPabchHiIlLnoqrsTvwxyzZ0123456789',
      'ABCmde',
      'after-context before-context context basic-regexp color colour count extended-regexp exclude exclude-dir files-with-matches files-without-match fixed-strings ignore-case include invert-match line-number line-regexp max-count no-filename no-messages null only-matching perl-regexp quiet recursive regexp silent text with-filename word-regexp',
    ),
  ],
  ['egrep', look('text, files', 'abchHiIlLnoqrsvwx', 'ABCme')],
  ['fgrep', look('text, files', 'abchHiIlLnoqrsvwx', 'ABCme')],
  [
    'rg',
    look(
      'text, files',
      'FHIilNnopPqSsUuvwx0.',
      'ABCegMmtT',
      'after-context before-context case-sensitive color colors column context count count-matches files files-with-matches files-without-match fixed-strings glob heading hidden iglob ignore-case invert-match json line-number line-regexp max-columns max-count max-depth multiline multiline-dotall no-filename no-heading no-ignore no-line-number no-messages only-matching pcre2 quiet regexp smart-case sort stats text trim type type-list type-not unrestricted vimgrep with-filename word-regexp',
    ),
  ],
  ['tree', look('files', 'aAdDfFghinNpqrsStuUvxCJQX', 'ILP', 'dirsfirst noreport prune filelimit')],
  ['echo', look('anything')],
  ['printf', look('texts')],
  ['pwd', look('none', 'LP')],
  ['true', look('anything')],
  ['false', look('anything')],
  [':', look('anything')],
  ['whoami', look('none')],
  ['id', look('texts', 'gGnru')],
  ['uname', look('none', 'amnoprsv', '', 'all kernel-name kernel-release machine operating-system')],
  ['hostname', look('none')],
  ['uptime', look('none', 'ps')],
  ['nproc', look('none', '', '', 'all')],
  ['arch', look('none')],
  ['free', look('none', 'bghkmtw')],
  ['groups', look('texts')],
  ['date', look('format', 'uRI', 'd', 'date iso-8601 rfc-3339 rfc-email utc universal')],
  ['seq', look('texts', 'w', 'fs')],
  ['sleep', look('texts')],
  ['which', look('texts', 'a')],
  ['type', look('texts', 'apPt')],
]);

/**
 * Programs in bash, as arbitraries: simple commands behind wrappers, in substitutions, here-documents, loops, functions and
 * strings. Which programs they run is the caller's choice.
 */
import * as fc from 'fast-check';

export interface ProgramWords {
  /** Names of programs. */
  readonly programs: readonly string[];
  /** What stands before a program and runs it, such as `timeout 5`. */
  readonly wrappers: readonly string[];
  /** Arguments; written with quotes where they need some. */
  readonly words: readonly string[];
  /** Forms that no judge can be sure of are made too: functions, variables, arithmetic. */
  readonly isOdd: boolean;
}

export function shellProgram({ programs, wrappers, words, isOdd }: ProgramWords): fc.Arbitrary<string> {
  const name = fc.constantFrom(...programs).chain(quoted);
  const depth = fc.createDepthIdentifier();
  const seldom = (...texts: readonly string[]): fc.Arbitrary<string> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...texts) });
  const { program } = fc.letrec<{ program: string; simple: string; word: string; statement: string }>(
    (tie) => ({
      word: fc.oneof(
        { maxDepth: 3, depthIdentifier: depth, withCrossShrink: true },
        { weight: 6, arbitrary: fc.constantFrom(...words).chain(quoted) },
        { weight: 1, arbitrary: tie('program').map((inner) => `$(${inner})`) },
        { weight: 1, arbitrary: tie('program').map((inner) => `"a $(${inner}) b"`) },
        { weight: 1, arbitrary: tie('program').map((inner) => `<(${inner})`) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `\`${inner.replace(/[\\`]/g, '\\$&')}\``) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `"\${u:-$(${inner})}"`) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `\${u/$(${inner})/x}`) },
        {
          weight: 1,
          arbitrary: fc.constantFrom("'; c9'", '"# no comment"', 'a#b', "'$(c9)'", '\\;', '"\\$(c9)"'),
        },
      ),
      simple: fc
        .tuple(
          seldom('2>&1 ', '>/dev/null ', '< /dev/null '),
          fc
            .tuple(seldom(...wrappers), seldom(...wrappers))
            .map((list) => list.map((each) => (each === '' ? '' : `${each} `)).join('')),
          name,
          fc.array(tie('word'), { maxLength: 3 }),
          seldom(' 2>/dev/null', ' <<< "a"', ' >out', ' &>/dev/null'),
        )
        .map(
          ([before, wrapper, program, args, after]) =>
            `${before}${wrapper}${[program, ...args].join(' ')}${after}`,
        ),
      statement: fc.oneof(
        { maxDepth: 3, depthIdentifier: depth, withCrossShrink: true },
        { weight: 8, arbitrary: tie('simple') },
        { weight: 1, arbitrary: tie('program').map((inner) => `(${inner})`) },
        { weight: 1, arbitrary: tie('program').map((inner) => `{ ${inner}\n}`) },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('simple'), tie('program'))
            .map(([one, two]) => `if ${one}; then ${two}\nfi`),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('word'), tie('program'))
            .map(([list, body]) => `for f in ${list} a; do ${body}\ndone`),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('word'), tie('program'))
            .map(([word, body]) => `case ${word} in *) ${body}\n;; esac`),
        },
        {
          weight: 1,
          arbitrary: fc.tuple(tie('simple'), tie('simple')).map(([one, two]) => `! ${one} || ${two}`),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('simple'), tie('simple'))
            .map(([one, two]) => `${one} <<EOF\na $(${two}) b\nEOF\n`),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('simple'), tie('simple'))
            .map(([one, two]) => `${one} <<'EOF' | ${two}\na $(c9)\nEOF\n`),
        },
        { weight: 1, arbitrary: tie('simple').map((inner) => `[[ -n $(${inner}) ]]`) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `bash -c '${inner.replaceAll("'", `'\\''`)}'`) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `eval '${inner.replaceAll("'", `'\\''`)}'`) },
        { weight: 1, arbitrary: tie('simple').map((inner) => `y=1 x=$(${inner}) c8`) },
        { weight: 1, arbitrary: name.map((each) => `find . -maxdepth 0 -exec ${each} {} \\;`) },
        ...(isOdd
          ? [
              // In a shell of its own: a function that calls another of its name would never end.
              { weight: 1, arbitrary: tie('program').map((body) => `(g() { ${body}\n}; g)`) },
              { weight: 1, arbitrary: name.map((each) => `X=${each}; $X a`) },
              { weight: 1, arbitrary: tie('simple').map((inner) => `echo $((1 + $(${inner} | wc -l)))`) },
              { weight: 1, arbitrary: tie('simple').map((inner) => `a=( $(${inner}) ); echo "\${a[0]}"`) },
              { weight: 1, arbitrary: tie('simple').map((inner) => `x=<(${inner}) c8`) },
              { weight: 1, arbitrary: name.map((each) => `{${each},a}`) },
            ]
          : []),
      ),
      program: fc
        .tuple(
          tie('statement'),
          fc.array(
            fc.tuple(
              fc.constantFrom('; ', ' && ', ' || ', ' | ', '\n', ' & ', ' |& ', '&&\\\n'),
              tie('statement'),
            ),
            {
              maxLength: 2,
            },
          ),
        )
        .map(([first, more]) => more.reduce(join, first)),
    }),
  );
  return program;
}

/** Behind a here-document only a new line can follow. */
function join(before: string, [operator, next]: [string, string]): string {
  return before.endsWith('\n') ? before + next : before + operator + next;
}

/** One word, in one of the ways it can be written. */
export function quoted(word: string): fc.Arbitrary<string> {
  const isPlain = /^[\w./=-]+$/.test(word);
  const double = `"${word.replace(/["\\$`]/g, '\\$&')}"`;
  const single = `'${word.replaceAll("'", `'\\''`)}'`;
  const ansi = `$'${[...word].map((each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}'`;
  const split = word.length > 1 ? `${word.slice(0, 1)}''${word.slice(1)}` : single;
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(isPlain ? word : single) },
    { weight: 1, arbitrary: fc.constantFrom(double, single, ansi) },
    { weight: 1, arbitrary: fc.constant(isPlain ? split : double) },
    { weight: 1, arbitrary: fc.constant(isPlain ? `\\${word}` : single) },
  );
}

/** What in the grammar of bash keeps one from being sure what a command line runs. */
import type {
  ArithmeticExpression,
  HereDoc,
  ParameterExpansionPart,
  SyntaxNode,
  TestExpression,
  Word,
} from 'unbash';

/** For a person; undefined: this node is no reason to doubt. Kinds of nodes that are not known are. `source`: where it stands. */
export function findNodeDoubt(node: SyntaxNode, source: string): string | undefined {
  switch (node.type) {
    case 'Script':
      return node.errors === undefined || node.errors.length === 0
        ? undefined
        : 'It is not complete, or not correct.';
    case 'HereDoc':
      return findHereDocumentDoubt(node);
    case 'Function':
      return 'It defines a function, so names in it need not mean what they say.';
    case 'Coproc':
    case 'Select':
    case 'ArithmeticFor':
    case 'ArithmeticCommand':
      return 'It uses a form of the shell that is not judged.';
    case 'For':
      return isPlainName(node.name.value)
        ? undefined
        : `It sets ${node.name.value}, which programs may go by.`;
    case 'Subshell':
      return opensTwice(source, node.pos) ? OPENS_TWICE : undefined;
    case 'CommandExpansion':
      if (opensTwice(node.text, 1)) return OPENS_TWICE;
      return node.script === undefined ? UNREADABLE : undefined;
    case 'ProcessSubstitution':
      return node.script === undefined ? UNREADABLE : undefined;
    case 'ArithmeticExpansion':
      return isNumeric(node.expression) ? undefined : 'It calculates with variables, which can run commands.';
    case 'ParameterExpansion':
      return findExpansionDoubt(node);
    case 'TestCommand':
      return isPlainTest(node.expression) ? undefined : 'A test in it calculates, which can run commands.';
    case 'ArrayValue':
      return 'It sets a list that later commands go by.';
    default:
      return KNOWN.has(node.type) ? undefined : 'It uses a form of the shell that is not known here.';
  }
}

/** What may stand in a command line that is allowed. */
const KNOWN: ReadonlySet<SyntaxNode['type']> = new Set<SyntaxNode['type']>([
  'Statement',
  'CompoundList',
  'CaseItem',
  'Elif',
  'Command',
  'Pipeline',
  'AndOr',
  'If',
  'While',
  'Case',
  'BraceGroup',
  'Redirected',
  'Time',
  'Negation',
  'Word',
  'Literal',
  'Glob',
  'SingleQuoted',
  'DoubleQuoted',
  'AnsiCQuoted',
  'LocaleString',
  'SimpleExpansion',
  'ExtendedGlob',
  'BraceExpansion',
  'Assignment',
  'Redirect',
  'HereString',
  'HereDocDelimiter',
  'HereDocBody',
  'FileDescriptor',
  'Default',
  'Remove',
  'Replace',
  'Slice',
  'CaseModification',
  // What they stand in has been judged as a whole.
  'ArithmeticBinary',
  'ArithmeticUnary',
  'ArithmeticTernary',
  'ArithmeticGroup',
  'ArithmeticWord',
  'ArithmeticCommandExpansion',
  'TestUnary',
  'TestBinary',
  'TestLogical',
  'TestNot',
  'TestGroup',
]);

const UNREADABLE = 'A substitution in it can not be read.';
const OPENS_TWICE = 'It opens two brackets at once, which the shell may take for a calculation.';

/** Bash takes `((` for arithmetic at first. When it must change its mind, version 5.2 runs the lines of a here-document in it. */
function opensTwice(source: string, index: number): boolean {
  const brackets = /\((?:\\\n)*\(/y;
  brackets.lastIndex = index;
  return brackets.test(source);
}

/** A variable that neither the shell nor a program goes by: short, lower case, without an underscore (https_proxy). */
function isPlainName(name: string): boolean {
  return /^[a-z][a-z0-9]{0,15}$/.test(name) && name !== 'histchars';
}

/** A variable's value may hold `a[$(command)]`, which arithmetic runs: only figures are certain. */
function isNumeric(expression: ArithmeticExpression | undefined): boolean {
  switch (expression?.type) {
    case undefined:
    case 'ArithmeticCommandExpansion':
      return false;
    case 'ArithmeticWord':
      return /^\d+$/.test(expression.value);
    case 'ArithmeticGroup':
      return isNumeric(expression.expression);
    case 'ArithmeticUnary':
      return isNumeric(expression.operand);
    case 'ArithmeticBinary':
      return isNumeric(expression.left) && isNumeric(expression.right);
    case 'ArithmeticTernary':
      return [expression.test, expression.consequent, expression.alternate].every(isNumeric);
    default:
      return expression satisfies never;
  }
}

/** A line that only looks like the end would be read wrongly by a person. */
function findHereDocumentDoubt({ closing, delimiter, body }: HereDoc): string | undefined {
  if (closing === undefined || delimiter === undefined) return 'A here-document has no end.';
  const looksLikeEnd = body.text.split('\n').some((line) => line.trim() === delimiter.value);
  return looksLikeEnd ? 'A line in a here-document looks like its end and is not.' : undefined;
}

function findExpansionDoubt({ prefix, index, operation }: ParameterExpansionPart): string | undefined {
  if (prefix === '!') return 'It reads a variable whose name is in another variable.';
  if (index !== undefined && !isFigure(index)) return 'It reads a list at a place that is calculated.';
  switch (operation?.type) {
    case undefined:
    case 'Remove':
    case 'Replace':
    case 'CaseModification':
      return undefined;
    case 'Default':
      return operation.operator.includes('=') ? 'It sets a variable that later commands go by.' : undefined;
    case 'Slice':
      return isFigure(operation.offset) && (operation.length === undefined || isFigure(operation.length))
        ? undefined
        : 'It takes a piece of a variable at a place that is calculated.';
    case 'Transform':
      return 'It expands a variable in a way that can run commands.';
    case 'Names':
    case 'Unknown':
      return 'It expands a variable in a way that is not known here.';
    default:
      return operation satisfies never;
  }
}

function isFigure({ value }: Word): boolean {
  return /^ ?-?\d+$/.test(value) || value === '@' || value === '*';
}

function isPlainTest(expression: TestExpression): boolean {
  switch (expression.type) {
    case 'TestUnary':
      return expression.operator !== '-v' && expression.operator !== '-R';
    case 'TestBinary':
      return (
        !/^-(?:eq|ne|lt|le|gt|ge)$/.test(expression.operator) ||
        (isFigure(expression.left) && isFigure(expression.right))
      );
    case 'TestLogical':
      return expression.operands.every(isPlainTest);
    case 'TestNot':
      return isPlainTest(expression.operand);
    case 'TestGroup':
      return isPlainTest(expression.expression);
    default:
      return expression satisfies never;
  }
}

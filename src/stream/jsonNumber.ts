/** The grammar of a JSON number (RFC 8259, section 6), one character at a time. */
export type NumberPart = 'minus' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'sign' | 'exponent';

export function mayEndNumber(part: NumberPart): boolean {
  return part === 'zero' || part === 'integer' || part === 'fraction' || part === 'exponent';
}

/** Where the number stands after this character; undefined when the character can't belong to it. */
export function nextNumberPart(part: NumberPart, char: string): NumberPart | undefined {
  const digit = isDigit(char);
  switch (part) {
    case 'minus':
      return char === '0' ? 'zero' : digit ? 'integer' : undefined;
    case 'zero':
      return char === '.' ? 'point' : char === 'e' || char === 'E' ? 'e' : undefined;
    case 'integer':
      return digit ? 'integer' : char === '.' ? 'point' : char === 'e' || char === 'E' ? 'e' : undefined;
    case 'point':
      return digit ? 'fraction' : undefined;
    case 'fraction':
      return digit ? 'fraction' : char === 'e' || char === 'E' ? 'e' : undefined;
    case 'e':
      return digit ? 'exponent' : char === '+' || char === '-' ? 'sign' : undefined;
    case 'sign':
    case 'exponent':
      return digit ? 'exponent' : undefined;
  }
}

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

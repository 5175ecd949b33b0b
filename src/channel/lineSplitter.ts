/**
 * Cuts a stream of bytes into lines at \n alone: a line may hold any other character, cut anywhere between two pieces. Only
 * whole lines are decoded, so a character that was cut in the middle is whole again by then.
 */
export type SplitLine =
  | { readonly kind: 'line'; readonly text: string }
  /** Longer than allowed; its bytes were dropped as they came. */
  | { readonly kind: 'too long' }
  | { readonly kind: 'not UTF-8' };

export interface LineSplitter {
  /** The lines that end within this piece. Blank lines are left out. */
  push(piece: Uint8Array): readonly SplitLine[];
  /** What came after the last \n, when there was something. */
  end(): readonly SplitLine[];
}

const NEWLINE = 10;

export function createLineSplitter(maxLineBytes: number): LineSplitter {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  /** Beyond the limit only the length is kept. */
  function hold(piece: Uint8Array): void {
    heldBytes += piece.length;
    if (heldBytes > maxLineBytes) held = [];
    else if (piece.length > 0) held.push(piece);
  }

  function takeLine(): readonly SplitLine[] {
    const pieces = held;
    const length = heldBytes;
    held = [];
    heldBytes = 0;
    if (length > maxLineBytes) return [{ kind: 'too long' }];
    const text = decode(decoder, join(pieces, length));
    if (text === undefined) return [{ kind: 'not UTF-8' }];
    return text.trim() === '' ? [] : [{ kind: 'line', text }];
  }

  return {
    push(piece) {
      const lines: SplitLine[] = [];
      let start = 0;
      for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, start)) {
        hold(piece.subarray(start, at));
        lines.push(...takeLine());
        start = at + 1;
      }
      // A copy: whoever gave the piece may use its memory again.
      hold(piece.slice(start));
      return lines;
    },
    end: takeLine,
  };
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

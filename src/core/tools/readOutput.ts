/** What Read answers, for the panel (fields as the Agent SDK's FileReadOutput) and for the model. */
import type { DocumentBlock, ImageBlock, TextBlock, ToolResultContent } from '../../protocol/blocks.ts';
import type { ImageType } from './imageInfo.ts';
import type { CellView } from './notebookView.ts';
import { formatLines } from './numberedLines.ts';
import type { ToolFailure } from './toolOutcome.ts';
import { isFailure } from './toolOutcome.ts';

export type ReadOutput =
  | {
      readonly type: 'text';
      readonly file: {
        readonly filePath: string;
        readonly content: string;
        readonly numLines: number;
        readonly startLine: number;
        /** As far as it is known: a very large file is not read to its end. */
        readonly totalLines: number;
      };
      /** For the model: what it doesn't see. */
      readonly notes: readonly string[];
    }
  | {
      readonly type: 'image';
      readonly file: {
        readonly base64: string;
        readonly type: ImageType;
        readonly originalSize: number;
        readonly dimensions: { readonly originalWidth: number; readonly originalHeight: number };
      };
    }
  | {
      readonly type: 'notebook';
      readonly file: { readonly filePath: string; readonly cells: readonly CellView[] };
      readonly notes: readonly string[];
    }
  | {
      readonly type: 'pdf';
      readonly file: { readonly filePath: string; readonly base64: string; readonly originalSize: number };
      readonly notes: readonly string[];
    };

export function toReadResult(output: ReadOutput | ToolFailure): ToolResultContent {
  if (isFailure(output)) return output.error;
  switch (output.type) {
    case 'text':
      return toTextResult(output);
    case 'image':
      return [toImageBlock(output.file.type, output.file.base64)];
    case 'notebook':
      return [...output.file.cells.flatMap(toCellBlocks), ...output.notes.map(toTextBlock)];
    case 'pdf':
      return [toPdfBlock(output.file.base64), ...output.notes.map(toTextBlock)];
    default:
      return output satisfies never;
  }
}

function toTextResult({ file, notes }: Extract<ReadOutput, { readonly type: 'text' }>): string {
  const lines = file.numLines === 0 ? [] : [formatLines(file.content.split('\n'), file.startLine)];
  return [...lines, ...notes.map((note) => `(${note})`)].join('\n');
}

function toCellBlocks(cell: CellView): readonly (TextBlock | ImageBlock)[] {
  const head = `[Cell ${cell.id}, ${cell.type}${cell.language === undefined ? '' : `, ${cell.language}`}]`;
  const output = cell.outputText === '' ? [] : [`[Output of ${cell.id}]`, cell.outputText];
  return [
    toTextBlock([head, cell.source, ...output].join('\n')),
    ...cell.images.map(({ type, base64 }) => toImageBlock(type, base64)),
  ];
}

function toTextBlock(text: string): TextBlock {
  return { type: 'text', text };
}

function toImageBlock(media_type: ImageType, data: string): ImageBlock {
  return { type: 'image', source: { type: 'base64', media_type, data } };
}

function toPdfBlock(data: string): DocumentBlock {
  return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } };
}

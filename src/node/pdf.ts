/** PdfReader with pdf-lib, which is loaded with the first document. */
import type { PdfReader } from '../core/ports.ts';

export function createNodePdfReader(): PdfReader {
  return {
    countPages: async (bytes) => {
      const { PDFDocument } = await import('pdf-lib');
      try {
        return (await PDFDocument.load(bytes, { updateMetadata: false })).getPageCount();
      } catch {
        // pdf-lib has no family of errors for what is wrong with a document.
        return undefined;
      }
    },
    extractPages: async (bytes, { first, last }) => {
      const { PDFDocument } = await import('pdf-lib');
      const whole = await PDFDocument.load(bytes, { updateMetadata: false });
      const part = await PDFDocument.create();
      const indices = Array.from({ length: last - first + 1 }, (_, index) => first - 1 + index);
      for (const page of await part.copyPages(whole, indices)) part.addPage(page);
      return part.save();
    },
  };
}

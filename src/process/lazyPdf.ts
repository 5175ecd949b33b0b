/** A PdfReader that loads what it stands on with the first document. */
import type { PdfReader } from '../core/ports.ts';

export function createLazyPdfReader(): PdfReader {
  const load = async (): Promise<PdfReader> => (await import('./lazy/pdf.ts')).createNodePdfReader();
  return {
    countPages: async (bytes) => (await load()).countPages(bytes),
    extractPages: async (bytes, pages) => (await load()).extractPages(bytes, pages),
  };
}

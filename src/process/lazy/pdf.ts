/** A chunk of its own: most sessions never see a PDF document. */
export { createNodePdfReader } from '../../node/pdf.ts';

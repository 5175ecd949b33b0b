/** Bytes of one message between the host and its process: a file an editor holds, in base64, or a conversation with its images. */
export const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** Tells a connection that failed from other things thrown, by the codes that systems and runtimes give. */
import type { ModelErrorFields } from './modelError.ts';

/** Node's words for certificates it doesn't accept (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
]);

/** undefined: nothing says that the network is to blame. */
export function readNetworkFailure(
  thrown: unknown,
): Pick<ModelErrorFields, 'kind' | 'message' | 'code' | 'retryable'> | undefined {
  for (const { code, message } of chainOf(thrown)) {
    if (CERTIFICATE_CODES.has(code) || code.startsWith('ERR_TLS_'))
      return { kind: 'certificate', message, code };
    if (code.startsWith('ERR_SSL_')) return { kind: 'certificate', message, code };
    if (NETWORK_CODES.has(code) || code.startsWith('UND_ERR_')) return { kind: 'network', message, code };
  }
  return undefined;
}

/** The error, what caused it, and so on; of several attempts at once (one for each address) those too. */
function chainOf(thrown: unknown): readonly { readonly code: string; readonly message: string }[] {
  const found: { code: string; message: string }[] = [];
  const visited = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (!(value instanceof Error) || visited.has(value)) return;
    visited.add(value);
    const { code } = value as { readonly code?: unknown };
    if (typeof code === 'string') found.push({ code, message: value.message || code });
    visit(value.cause);
    if (value instanceof AggregateError) for (const inner of value.errors) visit(inner);
  };
  visit(thrown);
  return found;
}

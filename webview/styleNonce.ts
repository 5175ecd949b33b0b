/**
 * Must be imported before the control library: to learn whether the browser knows `:focus-visible`, it adds a style
 * element, which the content security policy allows only with the page's nonce. It looks for the nonce in a `meta`
 * element, which stands there only while the library is loaded.
 */
const nonce = document.currentScript?.nonce ?? '';
const meta = document.createElement('meta');
meta.setAttribute('property', 'csp-nonce');
meta.content = nonce;
document.head.append(meta);

/** Call once the control library has been loaded. */
export function hideStyleNonce(): void {
  meta.remove();
}

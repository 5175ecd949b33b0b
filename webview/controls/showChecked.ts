/**
 * The toolkit tells assistive technology what is checked with the next frame only. Until then a screen reader (or a test)
 * that looks right after a click would read the state before it. Call it when a control has changed.
 */
export function showChecked(controls: Iterable<Element>): void {
  for (const control of controls) {
    control.setAttribute('aria-checked', String((control as HTMLInputElement).checked));
  }
}

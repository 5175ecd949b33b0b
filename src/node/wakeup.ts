/** Lets several waiters sleep until something has changed. */
export class Wakeup {
  #wake: () => void = () => {};
  #next = this.#renew();

  /** Resolves at the next `wake`. */
  wait(): Promise<void> {
    return this.#next;
  }

  wake(): void {
    this.#wake();
    this.#next = this.#renew();
  }

  #renew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

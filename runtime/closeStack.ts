/** What was opened, to be closed in the opposite order. */
export class CloseStack {
  private steps: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.steps.push(close);
  }

  /** Closes all, also when one cannot be closed. @throws what the first of those said. */
  async closeAll(): Promise<void> {
    const failed: unknown[] = [];
    for (const close of this.steps.splice(0).reverse())
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  }
}

import { Observable, type Subscriber } from "rxjs";

const NOBODY: readonly never[] = [];

/** What feeds a flow. As RxJS's Subject for those who subscribe, without the objects a Subject makes for every message. It never completes. */
export class Inbox<T> extends Observable<T> {
  /** Replaced when somebody comes or goes, never changed: who is there when a message comes is told of it. */
  private told: readonly Subscriber<T>[] = NOBODY;

  constructor() {
    super((subscriber) => {
      this.told = [...this.told, subscriber];
      return () => {
        this.told = this.told.filter((s) => s !== subscriber);
      };
    });
  }

  next(message: T): void {
    const { told } = this;
    for (let i = 0; i < told.length; i++) (told[i] as Subscriber<T>).next(message);
  }
}

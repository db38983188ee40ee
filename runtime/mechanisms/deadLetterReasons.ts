/** Why an entry was set aside that nobody could finish with: what a stream's adapter says by itself. */
export const deliveredTooOften = (times: number): string => `delivered ${times} times without acknowledgement`;

const TOO_OFTEN = /^delivered \d+ times without acknowledgement$/;

/** The kind of a dead letter's reason, for counting: consumers set aside what they cannot read, adapters what is handed out again and again. */
export const kindOfReason = (reason: string): "delivered_too_often" | "unreadable" =>
  TOO_OFTEN.test(reason) ? "delivered_too_often" : "unreadable";

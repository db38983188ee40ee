import { type Amount, arrow, signOf, tone, unsigned } from "../format.ts";
import { Figure } from "./Figure.tsx";

/** Money won or lost: arrow, colour and figure. The arrow carries the sign. */
export function Change(props: { amount: Amount; places?: number }) {
  const sign = () => signOf(props.amount);
  return <Figure class={tone(sign())} text={`${arrow(sign())} ${unsigned(props.amount, props.places ?? 2)}`.trim()} />;
}

/** e^x by its [2/2] Padé approximant: off by less than 1e-7 for |x| ≤ 0.1, 1e-4 for |x| ≤ 0.6. The same bits everywhere. */
export const smallExp = (x: number): number => {
  const even = 12 + x * x;
  return (even + 6 * x) / (even - 6 * x);
};

/** e^x for |x| ≤ 20, by halving x until it is small and squaring back. */
export const exp = (x: number): number => {
  let halvings = 0;
  let y = x;
  for (; y > 0.1 || y < -0.1; y /= 2) halvings++;
  let value = smallExp(y);
  for (; halvings > 0; halvings--) value *= value;
  return value;
};

import { exp } from "../indicators/det.ts";

const ONE_OVER_ROOT_2_PI = 0.3989422804014327;
const density = (z: number): number => ONE_OVER_ROOT_2_PI * exp((-z * z) / 2);

/** The part of the normal distribution beyond z > 3, by Laplace's continued fraction. */
const tail = (z: number): number => {
  let fraction = z;
  for (let k = 80; k >= 1; k--) fraction = z + k / fraction;
  return density(z) / fraction;
};

/**
 * Probability that a standard normal value is below z, to 1e-14, and far below zero to 1e-12 of itself.
 * Ref: Abramowitz & Stegun 26.2.11 (series), 26.2.14 (continued fraction).
 */
export const normalCdf = (z: number): number => {
  if (z > 3) return 1 - tail(z);
  if (z < -3) return tail(-z);
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density(z) * sum;
};

/** The z below which a standard normal value lies with probability p; ±∞ at 0 and 1. By halving: slow (µs) and sure. */
export const normalQuantile = (p: number): number => {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  let [low, high] = [-38, 0];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return p === 0.5 ? 0 : (low + high) / 2;
};

const BUCKETS = 96;
/** Four buckets to an octave, from 2^-4 µs (60 ns) up to 2^20 µs (one second). */
const PER_OCTAVE = 4;
const FIRST_OCTAVE = -4;

/** How long messages took, in buckets that grow by a fifth: right to ± 10 %, in 400 bytes. For people; nothing in the core reads it. */
export class Durations {
  private readonly counts = new Uint32Array(BUCKETS);
  private total = 0;

  /** @param us microseconds. */
  add(us: number): void {
    const at = us > 0 ? Math.floor((Math.log2(us) - FIRST_OCTAVE) * PER_OCTAVE) : 0;
    const bucket = Math.min(BUCKETS - 1, Math.max(0, at));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
  }

  /** Microseconds below which the fraction `q` in (0, 1] of the samples lie; null without samples. */
  quantile(q: number): number | null {
    let left = Math.ceil(this.total * q);
    if (left === 0) return null;
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.counts[i] ?? 0;
      if (left <= 0) return Math.round(2 ** (FIRST_OCTAVE + (i + 0.5) / PER_OCTAVE) * 1000) / 1000;
    }
    return null;
  }
}

/** Texts that can be found again, each with letters that a careless layer would change. */
import { dice, HARD } from '../../scripts/intake/texts.ts';

export interface Marked {
  readonly marker: string;
  /** Exactly these code points must stand at the county. */
  readonly text: string;
  /** Number of the case in the county's export; null for a later act on a case. */
  readonly temporaryNumber: string | null;
}

const MARKER = /〔M-[a-z0-9-]+〕/u;

/** The marker in a text, if any. */
export const markerIn = (text: string): string | null => MARKER.exec(text)?.[0] ?? null;

/** Long enough for a summary. */
const TAIL = '。这事拖了好久，请县里给看看';

/** Letters that no packing makes small, the same ones for the same number. */
function noise(n: number, letters: number): string {
  const random = dice(n + 1);
  const letter = (): string => String.fromCodePoint(0x4e00 + Math.floor(random() * 16_000));
  return Array.from({ length: letters }, letter).join('');
}

/** Counts markers of one run; `wanted` is what the documented cleaning leaves of the text. */
export class Marker {
  private n = 0;
  private readonly name: string;

  private readonly noisy: number;

  /** @param noisy letters of noise in each text, where bodies have to be large on the wire */
  constructor(name: string, noisy = 0) {
    this.name = name;
    this.noisy = noisy;
  }

  next(): { readonly marker: string; readonly typed: string; readonly wanted: string } {
    const marker = `〔M-${this.name}-${this.n}〕`;
    const hard = HARD[this.n % HARD.length];
    const more = noise(this.n++, this.noisy);
    const around = (text: string): string => `${marker}${more}${text}${TAIL}`;
    return { marker, typed: around(hard?.typed ?? ''), wanted: around(hard?.wanted ?? '') };
  }
}

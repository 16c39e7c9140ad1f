/** Texts that can be found again, each with letters that a careless layer would change. */
import { HARD } from '../../scripts/intake/texts.ts';

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

/** Counts markers of one run; `wanted` is what the documented cleaning leaves of the text. */
export class Marker {
  private n = 0;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  next(): { readonly marker: string; readonly typed: string; readonly wanted: string } {
    const marker = `〔M-${this.name}-${this.n}〕`;
    const hard = HARD[this.n % HARD.length];
    this.n++;
    const around = (text: string): string => `${marker}${text}${TAIL}`;
    return { marker, typed: around(hard?.typed ?? ''), wanted: around(hard?.wanted ?? '') };
  }
}
